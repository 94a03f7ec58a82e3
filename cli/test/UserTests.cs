using System.Text.Json;
using Argosy.Files;
using Argosy.Server;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.Cli.Tests;

/// <summary><c>argosy user</c> as a real process.</summary>
public sealed class UserTests : IDisposable
{
    private const string Password = "correct-horse-battery";

    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    private Task<CommandResult> UserAsync(string arguments, string input = "") =>
        ArgosyCommand.RunAsync(_home, ["user", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--data", _home["data"]], input);

    private async Task<JsonElement> ShowAsync(string name) => JsonDocument.Parse((await UserAsync($"show {name} --json")).Output).RootElement;

    [Fact]
    public async Task An_account_is_added_shown_changed_and_removed()
    {
        Assert.Equal(new CommandResult(0, "Added alex.\n", ""), await UserAsync("add alex --quota 10G --password-stdin", Password + "\n"));
        var added = await ShowAsync("alex");
        Assert.Equal(10L << 30, added.GetProperty("quota").GetInt64());
        Assert.True(added.GetProperty("password").GetBoolean());
        Assert.Equal(JsonValueKind.Null, added.GetProperty("home").ValueKind);

        await UserAsync($"set alex --quota none --max-files 7 --permissions read,list --home {_home["else where"].Replace(" where", "", StringComparison.Ordinal)}");
        var changed = await ShowAsync("alex");
        Assert.Equal(JsonValueKind.Null, changed.GetProperty("quota").ValueKind);
        Assert.Equal(7, changed.GetProperty("max_files").GetInt64());
        Assert.Equal(["read", "list"], changed.GetProperty("permissions").EnumerateArray().Select(word => word.GetString()!));
        Assert.Equal(_home["else"], changed.GetProperty("home").GetString());
        Assert.True(changed.GetProperty("password").GetBoolean());

        Assert.StartsWith("Removed alex. Its files stay in ", (await UserAsync("remove alex")).Output);
        Assert.Equal("[]\n", (await UserAsync("list --json")).Output);
    }

    [Fact]
    public async Task A_list_is_a_table_for_people()
    {
        await UserAsync("add bo --password-stdin", Password);
        await UserAsync("add alex --quota 1536M --password-stdin", Password);
        var lines = (await UserAsync("list")).Output.TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("NAME  HOME", lines[0]);
        Assert.Matches("^alex +ROOT/NAME +1.5G ", lines[1]);
        Assert.Matches("^bo +ROOT/NAME +- ", lines[2]);
    }

    [Fact]
    public async Task Columns_stand_under_each_other_however_wide_a_name_is_drawn()
    {
        foreach (var name in new[] { "\u7d75\u6587\u5b57", "bo" }) await UserAsync($"add {name} --max-files 7 --permissions default --password-stdin", Password);

        var lines = (await UserAsync("list")).Output.TrimEnd().Split('\n');
        Assert.Equal("\u7d75\u6587\u5b57  ROOT/NAME  -      7      default", lines[2]);
        Assert.Equal("bo      ROOT/NAME  -      7      default", lines[1]);
    }

    [Theory]
    [InlineData("folder", "with what is in it, say --home")]
    [InlineData("file", "something else lies already")]
    [InlineData("link", "something else lies already")]
    public async Task What_lies_at_a_new_home_is_given_away_only_when_it_is_named(string what, string reason)
    {
        var place = LaidOut(what);
        _home.Write("users.ini", "[ok]\nPassword = 1\n[2026]\nPassword = 1\n");

        foreach (var command in new[] { "add 2026 --password-stdin", "import users.ini" })
        {
            var refused = await UserAsync(command, Password);
            Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
            Assert.Contains($"its home would be {place}, where ", refused.Error);
            Assert.Contains(reason, refused.Error);
        }

        Assert.Equal("[]\n", (await UserAsync("list --json")).Output);
        Assert.Equal("Added 2026.\n", (await UserAsync($"add 2026 --home {place} --password-stdin", Password)).Output);
        Assert.Contains($"Home:        {place}\n", (await UserAsync("show 2026")).Output);
        Assert.Contains("2026 was not changed: its home would be", (await UserAsync("set 2026 --home none")).Error);
    }

    [Fact]
    public async Task A_home_in_the_way_of_another_is_refused_with_both_names()
    {
        LaidOut("nothing");
        await UserAsync("add alex --password-stdin", Password);

        var refused = await UserAsync($"add bo --home {_home["root/alex/inner"]} --password-stdin", Password);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("the homes of \"alex\"", refused.Error);
        Assert.Contains($"Home:        {_home["root/alex"]}\n", (await UserAsync("show alex")).Output);
        Assert.Equal($"Removed alex. Its files stay in {_home["root/alex"]}.\n", (await UserAsync("remove alex")).Output);
    }

    /// <summary>A data folder whose server has served <c>root</c>, where something lies at the name 2026.</summary>
    private string LaidOut(string what)
    {
        DataFolder.Ensure(_home["data"]);
        var place = _home["root/2026"];
        Directory.CreateDirectory(_home["root"]);
        _home.Write("data/homes", $"{JsonSerializer.Serialize(new[] { "root", _home["root"] })}\n");
        if (what == "folder") Directory.CreateDirectory(place);
        if (what == "file") File.WriteAllText(place, "");
        if (what == "link") Directory.CreateSymbolicLink(place, _home["root"] + "/elsewhere");
        return place;
    }

    [Fact]
    public async Task What_proves_a_password_is_stored_but_never_shown()
    {
        await UserAsync("add alex --password-stdin", Password + "\r\n");
        var stored = await File.ReadAllTextAsync(_home["data/accounts.json"]);
        Assert.DoesNotContain(Password, stored);
        Assert.Contains("SCRAM-SHA-256$", stored);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_home["data/accounts.json"]));
        foreach (var command in new[] { "list", "list --json", "show alex", "show alex --json" })
            Assert.DoesNotContain("SCRAM", (await UserAsync(command)).Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_new_password_changes_what_is_stored()
    {
        await UserAsync("add alex --password-stdin", Password);
        var before = await File.ReadAllTextAsync(_home["data/accounts.json"]);
        Assert.Equal(new CommandResult(0, "Changed the password of alex.\n", ""), await UserAsync("passwd alex --password-stdin", "another"));
        Assert.NotEqual(before, await File.ReadAllTextAsync(_home["data/accounts.json"]));
    }

    [Theory]
    [InlineData("add alex --password-stdin", "", 2, "standard input is empty")]
    [InlineData("add alex --password-stdin", "\n", 2, "at least 6 characters")]
    [InlineData("add alex --password-stdin", "short\n", 2, "at least 6 characters")]
    [InlineData("passwd bo --password-stdin", "x", 2, "at least 6 characters")]
    [InlineData("add alex", "secret\n", 2, "--password-stdin")]
    [InlineData("add alex secret", "", 2, "one argument too many")]
    [InlineData("add alex --password secret", "", 2, "no option \"--password\"")]
    [InlineData("add . --password-stdin", "x", 2, "cannot be an account's name")]
    [InlineData("add anonymous --password-stdin", "x", 2, "cannot be an account's name")]
    [InlineData("add alex --quota x --password-stdin", "x", 2, "--quota: \"x\" is not a size")]
    [InlineData("add alex --max-files -1 --password-stdin", "x", 2, "--max-files: \"-1\" is not a number")]
    [InlineData("add alex --permissions red --password-stdin", "x", 2, "--permissions: 'red' is no permission")]
    [InlineData("add bo --password-stdin", "x", 1, "bo already exists")]
    [InlineData("set bo", "", 2, "nothing to change")]
    [InlineData("set boo --quota 1G", "", 1, "there is no account \"boo\"")]
    [InlineData("set boo --quota 1G", "", 1, "did you mean \"bo\"?")]
    [InlineData("show boo", "", 1, "did you mean \"bo\"?")]
    [InlineData("passwd nobody --password-stdin", "x", 1, "there is no account \"nobody\"")]
    [InlineData("remove nobody", "", 1, "there is no account \"nobody\"")]
    [InlineData("import missing.ini", "", 1, "missing.ini cannot be read")]
    [InlineData("ad alex", "", 2, "did you mean \"add\"?")]
    public async Task Mistakes_are_told_in_one_line_with_the_next_step(string arguments, string input, int exitCode, string part)
    {
        DataFolder.Ensure(_home["data"]);
        new JsonAccountStore(_home["data"], NullLogger<JsonAccountStore>.Instance).SaveAll([new Account { Name = "bo" }]);
        var result = await UserAsync(arguments, input);
        Assert.Equal((exitCode, ""), (result.ExitCode, result.Output));
        Assert.Contains(part, result.Error);
        Assert.InRange(result.Error.TrimEnd().Split('\n').Length, 1, 2);
    }

    [Fact]
    public async Task A_data_folder_that_is_not_there_is_named()
    {
        var result = await UserAsync("list");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"there is no data folder {_home["data"]}", result.Error);
        Assert.False(Directory.Exists(_home["data"]));
    }

    [Fact]
    public async Task The_environment_names_the_data_folder_too()
    {
        var result = await ArgosyCommand.RunAsync(
            _home, ["user", "add", "alex", "--password-stdin"], Password, ("ARGOSY__Server__Data", _home["other"]));
        Assert.Equal(0, result.ExitCode);
        Assert.True(File.Exists(_home["other/accounts.json"]));
    }

    [Fact]
    public async Task Names_are_compared_in_their_composed_form()
    {
        await UserAsync("add Zoe\u0308 --password-stdin", Password);
        Assert.Equal("Zo\u00eb", (await ShowAsync("Zo\u00eb")).GetProperty("name").GetString());
    }

    [Fact]
    public async Task An_INI_file_is_imported_whole_or_not_at_all()
    {
        _home.Write("accounts.ini", "[DEFAULT]\nQuotation = 100\n\n[alex]\nPassword =123\n\n[bo]\nPassword = abc def\nQuota = 5M\n");
        Assert.Equal(new CommandResult(0, "Imported 2: alex, bo.\n", ""), await UserAsync("import accounts.ini"));
        Assert.Equal(100L << 20, (await ShowAsync("alex")).GetProperty("quota").GetInt64());
        Assert.Equal(5L << 20, (await ShowAsync("bo")).GetProperty("quota").GetInt64());
        var stored = await File.ReadAllTextAsync(_home["data/accounts.json"]);
        Assert.DoesNotContain("abc def", stored);

        _home.Write("more.ini", "[carol]\nPassword = x\n[bo]\nPassword = y\n");
        var refused = await UserAsync("import more.ini");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("more.ini: Line 3: the account 'bo' already exists", refused.Error);
        Assert.Equal(stored, await File.ReadAllTextAsync(_home["data/accounts.json"]));
        Assert.Equal(0, (await UserAsync("import more.ini --replace")).ExitCode);
        Assert.Equal(3, JsonDocument.Parse((await UserAsync("list --json")).Output).RootElement.GetArrayLength());
    }

    [Fact]
    public async Task Ten_adds_at_once_lose_none()
    {
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => UserAsync($"add user{i} --password-stdin", Password)));
        Assert.Equal(10, JsonDocument.Parse((await UserAsync("list --json")).Output).RootElement.GetArrayLength());
    }
}
