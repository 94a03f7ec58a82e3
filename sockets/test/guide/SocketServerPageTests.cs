using System.Reflection;
using System.Text.RegularExpressions;

namespace Argosy.Sockets.Tests.Guide;

/// <summary>docs/socketserver.md has a row for every public name of Python's modules, names nothing that is not there, and its examples compile.</summary>
public sealed partial class SocketServerPageTests
{
    private static readonly string[] Page = Repository.Read("docs", "socketserver.md").Split('\n');

    /// <summary>The cells of each row, under the heading that it stands below.</summary>
    private static readonly IReadOnlyList<(string Heading, string Names, string Counterpart, string Example)> Rows = [.. Read(Page)];

    [Fact]
    public void There_are_rows_and_each_has_a_counterpart_or_a_reason_and_an_example_or_none()
    {
        Assert.InRange(Rows.Count, 250, 1000);
        Assert.Equal([], Rows.Where(row => row.Counterpart.Length < 6).Select(row => row.Names));
        Assert.Equal([], Rows.Where(row => row.Counterpart == "none").Select(row => row.Names));
        Assert.Equal([], Rows.Where(row => row.Example == "" && !row.Counterpart.StartsWith("none", StringComparison.Ordinal)).Select(row => row.Names));
    }

    [Fact]
    public async Task Every_public_name_of_Pythons_modules_has_a_row()
    {
        var output = await Python.RunAsync(Repository.PathOf("sockets", "test", "guide", "public_names.py"));
        var names = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToList();
        Assert.InRange(names.Count, 200, 1000);
        Assert.Equal([], names.Where(name => !Covers(name[0], name[1])).Select(name => $"{name[0]}.{name[1]}"));
    }

    [Fact]
    public void Every_name_of_a_counterpart_exists()
    {
        var named = Rows.SelectMany(row => Code().Matches(row.Counterpart)).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.InRange(named.Count(name => Type.GetType($"Argosy.Sockets.{name.Split('.')[0]}, Argosy.Sockets") is not null), 80, 1000);
        Assert.Equal([], named.Where(name => ClrName().IsMatch(name) && !Exists(name)));
        Assert.Equal([], named.Where(name => !ClrName().IsMatch(name) && !Known.Contains(name)));
    }

    [Fact]
    public void Every_example_is_compiled_among_these_tests()
    {
        var compiled = Snippets.Sources("PageExamples*.cs").SelectMany(source => source.Lines).Select(Snippets.AsOutside).ToHashSet();
        var examples = Rows.Where(row => row.Example != "").Select(row => row.Example.Trim('`').Replace("\\|", "|"));
        Assert.Equal([], examples.Where(example => !compiled.Any(line => line.TrimEnd(';') == example.TrimEnd(';'))));
    }

    [Fact]
    public void Every_link_leads_somewhere() => Assert.Equal([], Page
        .SelectMany(line => Link().Matches(line))
        .Select(match => match.Groups[1].Value)
        .Where(link => !link.StartsWith("http", StringComparison.Ordinal) && !Path.Exists(Repository.PathOf("docs", link.Split('#')[0]))));

    /// <summary>What stands in backticks in a counterpart and is no name of .NET: models, attributes of Python, parameters.</summary>
    private static readonly HashSet<string> Known =
    [
        .. ConcurrencyModels.All.Select(model => model.Name), "prefork", "process",
        "request", "client_address", "server", "rfile", "wfile", "maxLine", "maxStackSize",
    ];

    private static bool Covers(string module, string name) =>
        Rows.Any(row => row.Heading.StartsWith(module, StringComparison.Ordinal) && Code().Matches(row.Names).Any(match => match.Groups[1].Value == name));

    private static IEnumerable<(string, string, string, string)> Read(string[] page)
    {
        var heading = "";
        foreach (var line in page)
        {
            if (line.StartsWith("## ", StringComparison.Ordinal)) heading = line[3..];
            var cells = Bar().Split(line).Select(cell => cell.Trim()).ToArray();
            if (cells is ["", var names, var counterpart, var example, ""] && names != "name" && !names.StartsWith("---", StringComparison.Ordinal))
                yield return (heading, names, counterpart, example);
        }
    }

    /// <summary>A type, or a member of one, inherited ones too: of ours first, then of the base library.</summary>
    private static bool Exists(string name)
    {
        var parts = name.Split('.');
        if (name is "System.Threading.Channels") return true; // a namespace
        var types = Types.Value.Where(type => type.Name.Split('`')[0] == parts[0]).ToList();
        return parts.Length == 1 ? types.Count > 0 : types.Any(type => Members(type).Any(member => member == parts[1]));
    }

    private static IEnumerable<string> Members(Type type) => type
        .GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy)
        .Where(member => member is not MethodBase { IsPrivate: true } and not MethodBase { IsAssembly: true } and not FieldInfo { IsPrivate: true })
        .Select(member => member.Name)
        .Concat(type.GetInterfaces().SelectMany(Members));

    private static readonly Lazy<List<Type>> Types = new(() =>
    [
        .. new[]
        {
            typeof(StreamServer), typeof(object), typeof(Environment), typeof(System.Net.Sockets.Socket), typeof(System.Net.Dns), typeof(System.Net.IPAddress),
            typeof(System.Diagnostics.Process), typeof(System.Collections.Concurrent.BlockingCollection<>), typeof(System.Threading.Channels.Channel),
            typeof(System.Collections.Concurrent.ConcurrentStack<>), typeof(PriorityQueue<,>), typeof(Parallel), typeof(ParallelEnumerable),
            typeof(System.IO.MemoryMappedFiles.MemoryMappedFile), typeof(System.IO.Pipes.AnonymousPipeServerStream), typeof(Barrier), typeof(Monitor),
            typeof(System.Net.NetworkInformation.NetworkInterface), typeof(Microsoft.Extensions.Logging.ILogger), typeof(System.Net.NetworkInformation.IPGlobalProperties),
            typeof(System.Buffers.Binary.BinaryPrimitives), typeof(System.Collections.Concurrent.ConcurrentQueue<>), typeof(Mutex), typeof(Thread),
        }.Select(type => type.Assembly).Distinct().SelectMany(assembly => assembly.GetExportedTypes()),
    ]);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*(\.[A-Z]\w*)*$")]
    private static partial Regex ClrName();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
