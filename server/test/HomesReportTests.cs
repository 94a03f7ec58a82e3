using Argosy.Files;
using Microsoft.Extensions.Logging;

namespace Argosy.Server.Tests;

/// <summary>An operator hears at start where files are, and what clients could not write to.</summary>
[Collection(Alone.Name)]
public sealed class HomesReportTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<string> _lines = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nothing_is_said_where_all_is_in_the_served_folder()
    {
        Directory.CreateDirectory(_folder["share/bob"]);
        Report(new Account { Name = "alex", Home = _folder["share"] }, new Account { Name = "bob" });

        Assert.Empty(_lines);
    }

    [Fact]
    public void A_served_folder_that_is_nobodys_home_is_a_warning_that_says_where_the_files_are()
    {
        Directory.CreateDirectory(_folder["share"]);
        Report(new Account { Name = "alex", Home = _folder["two"] });

        var line = Assert.Single(_lines);
        Assert.StartsWith($"Warning Nobody's files are in the served folder {_folder["share"]}. Homes: alex in {_folder["two"]}.", line);
        Assert.Contains($"user set alex --home {_folder["share"]}", line);
    }

    [Fact]
    public void One_home_elsewhere_is_told_without_a_warning()
    {
        Directory.CreateDirectory(_folder["share"]);
        Report(new Account { Name = "alex", Home = _folder["share"] }, new Account { Name = "bob", Home = _folder["share2"] });

        Assert.Equal([$"Information Homes outside the served folder {_folder["share"]}: bob in {_folder["share2"]}"], _lines);
    }

    [Fact]
    public void Homes_that_clients_could_not_write_to_are_named()
    {
        if (!OperatingSystem.IsLinux()) return;
        foreach (var name in (string[])["share", "share/bob", "share/reader"])
            Directory.CreateDirectory(_folder[name], UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        File.SetUnixFileMode(_folder.Path, File.GetUnixFileMode(_folder.Path) | UnixFileMode.OtherExecute);
        var user = Environment.IsPrivilegedProcess ? Privileges.Find("nobody") : null; // Root may write everywhere.
        Privileges.As(user, () =>
        {
            Report(new Account { Name = "bob" }, new Account { Name = "reader", Permissions = Permissions.Read }, new Account { Name = "new" });
            return true;
        });

        Assert.Collection(
            _lines,
            line => Assert.StartsWith($"Warning The served folder {_folder["share"]} may not be written to", line),
            line => Assert.StartsWith($"Warning The home of bob, {_folder["share/bob"]}, may not be written to", line));
    }

    private void Report(params Account[] accounts) =>
        new HomesReport(new ServerOptions { Root = _folder["share"], Data = _folder["data"] }, new MemoryAccountStore(accounts), new Lines(_lines)).Write();

    private sealed class Lines(List<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add($"{logLevel} {formatter(state, exception)}");
    }
}
