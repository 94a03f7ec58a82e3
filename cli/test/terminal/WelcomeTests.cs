using System.Net;
using System.Text.RegularExpressions;
using Argosy.Cli.Hosting;
using Argosy.Files;
using Argosy.Server;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.Cli.Tests.Terminals;

/// <summary>What a person reads below the ready line: nothing but commands that work, and whose files are where.</summary>
public sealed class WelcomeTests : IDisposable
{
    private readonly TempFolder _home = new();
    private IPAddress _address = IPAddress.Loopback;

    private static string Put => $"{Invocation.Program} put ";

    private static string List => $"{Invocation.Program} ls ";

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task The_first_start_shows_the_account_it_made_and_how_to_use_it()
    {
        var said = await SaidAsync(AnonymousAccess.None, isFirst: true);
        Assert.Matches($@"\n    {Regex.Escape(Put)}hello.txt \S*argosy://\S+@", said);
        Assert.Matches($@"\n    {Regex.Escape(List)}\S*argosy://\S+@", said);
        Assert.Matches(@"\n  Password:  [a-z2-9-]{19}   \(shown this once\)\n", said);
        Assert.Matches($@"\n             {Regex.Escape(Invocation.Program)} user passwd \S+ --data {Regex.Escape(_home["data"])}\n", said);
        Assert.DoesNotContain("NAME", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AnonymousAccess.ReadOnly, false, true, "list and get files")]
    [InlineData(AnonymousAccess.ReadWrite, true, true, "list, get, put and replace files")]
    [InlineData(AnonymousAccess.Drop, true, false, "leave files, and see none")]
    public async Task Visitors_are_shown_what_they_may_do_and_nothing_else(AnonymousAccess access, bool mayPut, bool mayList, string words)
    {
        var said = await SaidAsync(access, isFirst: false);
        Assert.Equal((mayPut, mayList), (said.Contains(Put, StringComparison.Ordinal), said.Contains(List, StringComparison.Ordinal)));
        Assert.DoesNotContain("@127.0.0.1", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Password", said, StringComparison.Ordinal);
        Assert.Contains($"\n  Visitors:  anybody may {words}, without an account\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_account_is_named_and_several_are_chosen_from()
    {
        var one = await SaidAsync(AnonymousAccess.None, isFirst: false, "alex");
        Assert.Contains("alex@127.0.0.1", one, StringComparison.Ordinal);
        Assert.Contains($"those of alex are in {_home["share/alex"]}", one, StringComparison.Ordinal);
        var several = await SaidAsync(AnonymousAccess.None, isFirst: false, "alex", "zoe");
        Assert.Contains("NAME@127.0.0.1", several, StringComparison.Ordinal);
        Assert.Contains("2 accounts", several, StringComparison.Ordinal);
        Assert.All((string[])[one, several], said => Assert.Contains("  Password:  that of the account", said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_listens_for_this_machine_alone_sends_nobody_to_another()
    {
        Assert.Contains("Only this machine reaches it", await SaidAsync(AnonymousAccess.ReadOnly, isFirst: false), StringComparison.Ordinal);
        _address = IPAddress.Any;
        Assert.Contains("On other machines", await SaidAsync(AnonymousAccess.ReadOnly, isFirst: false), StringComparison.Ordinal);
    }

    private async Task<string> SaidAsync(AnonymousAccess access, bool isFirst, params string[] accounts)
    {
        var options = new ServerOptions { Root = _home["share"], Data = _home["data"], Listen = new IPEndPoint(_address, 0), Anonymous = access };
        await using var server = FileTransferServer.Open(options, NullLoggerFactory.Instance);
        foreach (var name in accounts)
            server.Accounts.Save(new Account { Name = name, Verifier = PasswordVerifier.Create("long enough") });
        var first = isFirst ? FirstAccount.Make(server.Accounts, options.Root) : null;
        server.Start();
        using var terminal = new StringWriter();
        Welcome.Write(terminal, server, first);
        var said = terminal.ToString();
        Assert.Contains(server.Fingerprint, said, StringComparison.Ordinal);
        // Nothing that a terminal would obey, and no line that stands alone at the edge.
        Assert.DoesNotContain(said, character => char.IsControl(character) && character != '\n');
        Assert.DoesNotMatch(new Regex(@"^\S", RegexOptions.Multiline), said);
        return said;
    }
}
