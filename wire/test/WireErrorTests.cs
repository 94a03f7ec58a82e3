using System.Text.RegularExpressions;

namespace Argosy.Wire.Tests;

public sealed class WireErrorTests
{
    [Fact]
    public void The_table_is_the_specifications()
    {
        var specified = Specification.Section("## 5. Errors").Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal) && !line.StartsWith("| `error` |", StringComparison.Ordinal))
            .SelectMany(line => Regex.Matches(line.Split('|')[1], "`([a-z-]+)`").Select(name => (Name: name.Groups[1].Value, Fatal: line.EndsWith("fatal |", StringComparison.Ordinal))));
        var implemented = Enum.GetValues<WireError>().Where(error => error != WireError.Other).Select(error => (Name: error.Name(), Fatal: error.IsFatal()));
        Assert.Equal(specified.OrderBy(row => row.Name, StringComparer.Ordinal), implemented.OrderBy(row => row.Name, StringComparer.Ordinal));
    }

    [Fact]
    public void A_name_and_its_error_belong_together()
    {
        foreach (var error in Enum.GetValues<WireError>())
            Assert.Equal(error, WireErrors.FromName(error.Name()));
        Assert.Equal(WireError.NotAFolder, WireErrors.FromName("not-a-folder"));
    }
}
