using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Argosy.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.Server.Tests.Messages;

/// <summary>An operator reads this server's words, never the system's or the base library's.</summary>
public sealed partial class StartFaultTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly Dictionary<string, Action<TempFolder>> Known = new()
    {
        ["configuration missing"] = folder => ConfigurationFile.Read(folder["none.json"]),
        ["configuration is a folder"] = folder => ConfigurationFile.Read(folder[""]),
        ["configuration below a file"] = folder => ConfigurationFile.Read(Written(folder, "a", "{}") + "/b"),
        ["configuration is no JSON"] = folder => ConfigurationFile.Read(Written(folder, "c.json", "{ \"Root\": ")),
        ["configuration is odd JSON"] = folder => ConfigurationFile.Read(Written(folder, "c.json", "{ Root: 1 }")),
        ["configuration with an unknown key"] = folder => ConfigurationFile.Read(Written(folder, "c.json", "{ \"Rooot\": \"x\" }")),
        ["data folder below a file"] = folder => Open(folder, Path.Combine(Written(folder, "a", ""), "data")),
        ["data folder is a file"] = folder => Open(folder, Written(folder, "a", "")),
        ["certificate missing"] = folder => Open(folder, change: options => options with { CertificateFile = folder["none.pem"] }),
        ["certificate is none"] = folder => Open(folder, change: options => options with { CertificateFile = Written(folder, "x.pem", "x") }),
        ["certificate is a folder"] = folder => Open(folder, change: options => options with { CertificateFile = folder[""] }),
        ["accounts are no JSON"] = folder => Open(folder, InData(folder, "accounts.json", "{ ")),
        ["accounts are others"] = folder => Open(folder, InData(folder, "accounts.json", "{ \"version\": 99, \"accounts\": [] }")),
        ["accounts are a folder"] = folder => Open(folder, Directory.CreateDirectory(folder["data/accounts.json"]).Parent!.FullName),
        ["root is a file"] = folder => Open(folder, change: options => options with { Root = Written(folder, "a", "") }),
        ["root below a file"] = folder => Open(folder, change: options => options with { Root = Written(folder, "a", "") + "/b" }),
        ["root holds the data"] = folder => Open(folder, change: options => options with { Root = folder[""] }),
        ["no such user"] = folder => Open(folder, change: options => options with { User = "nobody-of-that-name" }),
    };

    public static TheoryData<string> Faults => [.. Known.Keys];

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_server_that_does_not_start_says_why_in_our_words(string name)
    {
        if (OperatingSystem.IsLinux()) Directory.CreateDirectory(_folder["data"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var told = Record.Exception(() => Known[name](_folder));
        Assert.True(told is ConfigurationException or StartException, $"{name}: {told}");
        AssertOurs(told!.Message);
    }

    [Fact]
    public void Every_number_of_the_system_has_our_words()
    {
        for (var number = 1; number < 134; number++)
        {
            AssertOurs(SystemReason.Of(number));
            AssertOurs(SystemReason.Of(new IOException("Could not find it", number)));
            AssertOurs(IoFault.Describe(new IOException("Could not find it", number), "/x"));
        }

        AssertOurs(IoFault.Describe(new IOException("Could not find it", new IOException("inner")), "/x"));
        AssertOurs(IoFault.Describe(new InvalidOperationException("Could not find it"), "/x"));
    }

    private static void AssertOurs(string message)
    {
        Assert.DoesNotMatch(Foreign(), message);
        for (var number = 1; number < 134; number++)
            Assert.DoesNotContain(Marshal.GetPInvokeErrorMessage(number), message, StringComparison.OrdinalIgnoreCase);
    }

    private static string Written(TempFolder folder, string name, string text)
    {
        File.WriteAllText(folder[name], text);
        return folder[name];
    }

    private static string InData(TempFolder folder, string name, string text) => Path.GetDirectoryName(Written(folder, Path.Combine("data", name), text))!;

    private static void Open(TempFolder folder, string? data = null, Func<ServerOptions, ServerOptions>? change = null)
    {
        var options = new ServerOptions { Root = folder["share"], Data = data ?? folder["data"], Listen = new(System.Net.IPAddress.Loopback, 0) };
        var server = FileTransferServer.Open(change?.Invoke(options) ?? options, NullLoggerFactory.Instance);
        try
        {
            server.Start();
        }
        finally
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    [GeneratedRegex(@"errno|\berror \d|Could not|Access to the path|LineNumber|BytePosition|Exception|denied|invalid start|The path '|\bdirectory\b", RegexOptions.IgnoreCase)]
    private static partial Regex Foreign();
}
