using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.Server.Tests;

public class LineFormatterTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("two\nlines", "two | lines")]
    [InlineData("\u001b[31mred\a", "\\u001b[31mred\\u0007")]
    [InlineData("tab\tand\rreturn", "tab\\u0009and\\u000dreturn")]
    public void An_event_is_one_line_that_no_terminal_obeys(string message, string shown)
    {
        using var output = new StringWriter();
        var entry = new LogEntry<string>(LogLevel.Warning, "Argosy", default, message, null, (state, _) => state);
        new LineFormatter().Write(entry, null, output);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ warning ", output.ToString());
        Assert.EndsWith($"warning {shown}\n", output.ToString());
        Assert.Equal(1, output.ToString().Count(c => c == '\n'));
    }

    [Fact]
    public void A_warning_tells_its_exception_short_and_an_error_whole()
    {
        Assert.EndsWith("it failed: InvalidOperationException: why\n", Write(LogLevel.Warning));
        Assert.Contains(nameof(Thrown), Write(LogLevel.Error));

        static string Write(LogLevel level)
        {
            using var output = new StringWriter();
            new LineFormatter().Write(new LogEntry<string>(level, "Argosy", default, "it failed", Thrown(), (state, _) => state), null, output);
            return output.ToString();
        }
    }

    [Theory]
    [InlineData("x")]
    [InlineData("日")]
    [InlineData("🚢")]
    public void A_line_is_no_longer_than_what_the_kernel_writes_in_one_piece(string letter)
    {
        using var output = new StringWriter();
        var message = string.Concat(Enumerable.Repeat(letter, 5_000));
        new LineFormatter().Write(new LogEntry<string>(LogLevel.Warning, "Argosy", default, message, null, (state, _) => state), null, output);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(output.ToString()), LineFormatter.MostBytes - 4, LineFormatter.MostBytes);
        Assert.EndsWith($"{letter} …\n", output.ToString());
        Assert.DoesNotContain('\uFFFD', output.ToString());
    }

    private static Exception Thrown()
    {
        try
        {
            throw new InvalidOperationException("why");
        }
        catch (InvalidOperationException error)
        {
            return error;
        }
    }
}
