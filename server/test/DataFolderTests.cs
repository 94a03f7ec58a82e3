namespace Argosy.Server.Tests;

[Collection(Alone.Name)]
public sealed class DataFolderTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_made_for_its_owner_alone()
    {
        Assert.True(DataFolder.Ensure(_folder["a/b"]));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_folder["a/b"]));
        Assert.False(DataFolder.Ensure(_folder["a/b"]));
    }

    [Fact]
    public void An_empty_folder_or_one_of_ours_is_closed_to_others()
    {
        Directory.CreateDirectory(_folder["data"], OwnerOnly | UnixFileMode.OtherRead | UnixFileMode.GroupExecute);
        DataFolder.Ensure(_folder["data"]);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_folder["data"]));
        using var taken = DataFolder.Take(_folder["data"]);
        File.SetUnixFileMode(_folder["data"], OwnerOnly | UnixFileMode.OtherRead);
        DataFolder.Ensure(_folder["data"]);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_folder["data"]));
    }

    [Fact]
    public void A_folder_of_something_else_is_left_alone()
    {
        var mode = OwnerOnly | UnixFileMode.OtherRead;
        Directory.CreateDirectory(_folder["www"], mode);
        _folder.Write("www/index.html", "");
        Assert.Contains("holds other things", Assert.Throws<StartException>(() => DataFolder.Ensure(_folder["www"])).Message);
        Assert.Equal(mode, File.GetUnixFileMode(_folder["www"]));
    }

    [Fact]
    public void What_is_written_at_start_goes_through_no_link()
    {
        _folder.Write("outside", "kept");
        Directory.CreateDirectory(_folder["data"], OwnerOnly);
        File.CreateSymbolicLink(_folder["data/server.pid"], _folder["outside"]);

        using var taken = DataFolder.Take(_folder["data"]);

        Assert.Equal("kept", File.ReadAllText(_folder["outside"]));
    }

    [Fact]
    public void Giving_the_folder_away_gives_nothing_outside_away()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return;
        var nobody = new SystemUser("", 65_534, 65_534);
        Directory.CreateDirectory(_folder["outside"]);
        Directory.CreateDirectory(_folder["data/staging"]);
        _folder.Write("outside/file", "");
        _folder.Write("data/staging/file", "");
        Directory.CreateSymbolicLink(_folder["data/link"], _folder["outside"]);
        Directory.CreateSymbolicLink(_folder["data/staging/up"], _folder.Path);

        Directory.CreateSymbolicLink(_folder["named"], _folder["data"]);

        Privileges.GiveFolder(_folder["named"], nobody);

        foreach (var given in (string[])["data", "data/staging", "data/staging/file"])
            Assert.Equal(nobody, Privileges.OwnerOf(_folder[given]));
        foreach (var kept in (string[])["outside", "outside/file", "data/link"])
            Assert.Equal(0u, Privileges.OwnerOf(_folder[kept]).UserId);
    }

    [Fact]
    public void A_second_server_is_told_who_holds_it_and_what_to_do()
    {
        using (DataFolder.Take(_folder.Path))
        {
            var error = Assert.Throws<StartException>(() => DataFolder.Take(_folder.Path));
            Assert.Contains($"process {Environment.ProcessId}", error.Message);
            Assert.Contains("--data", error.Message);
        }

        using var next = DataFolder.Take(_folder.Path);
    }

    [Fact]
    public void A_disk_that_takes_nothing_keeps_no_server_from_starting()
    {
        using (DataFolder.Take(_folder.Path))
        {
        }

        Directory.CreateDirectory(_folder[$"server.pid.{Environment.ProcessId}.new"]); // Nothing can be written under that name then.
        using var taken = DataFolder.Take(_folder.Path);
        Assert.False(File.Exists(_folder["server.pid"]));
    }

    [Fact]
    public void A_lock_that_is_a_link_is_not_followed()
    {
        File.CreateSymbolicLink(_folder["server.lock"], _folder["outside"]);

        Assert.Contains("server.lock is a link", Assert.Throws<StartException>(() => DataFolder.Take(_folder.Path)).Message);
        Assert.False(File.Exists(_folder["outside"]));
    }

    [Fact]
    public void A_file_with_a_second_name_is_not_given_away()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return;
        _folder.Write("outside", "");
        Directory.CreateDirectory(_folder["data"]);
        _folder.Write("data/own", "");
        using (var link = System.Diagnostics.Process.Start("ln", [_folder["outside"], _folder["data/planted"]])) link.WaitForExit();

        Privileges.GiveFolder(_folder["data"], new SystemUser("", 65_534, 65_534));

        Assert.Equal(65_534u, Privileges.OwnerOf(_folder["data/own"]).UserId);
        Assert.Equal(0u, Privileges.OwnerOf(_folder["outside"]).UserId);
    }

    [Fact]
    public void What_is_done_for_another_user_is_done_with_that_users_rights()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return;
        _folder.Write("secret", "");
        File.SetUnixFileMode(_folder["secret"], UnixFileMode.UserRead);
        File.SetUnixFileMode(_folder.Path, OwnerOnly | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

        Assert.Throws<UnauthorizedAccessException>(() => Privileges.As(Privileges.Find("nobody"), () => File.ReadAllText(_folder["secret"])));
        Assert.Equal(0u, Privileges.CurrentUserId);
        Assert.Equal("", File.ReadAllText(_folder["secret"]));
    }

    [Fact]
    public void Root_is_told_whose_folder_it_is_and_what_to_do()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return;
        Privileges.GiveFolder(_folder.Path, Privileges.Find("nobody"));

        var error = Assert.Throws<StartException>(() => DataFolder.RequireOwner(_folder.Path, null));
        Assert.Contains($"{_folder.Path} belongs to nobody: start with --user nobody, or", error.Message);
        DataFolder.RequireOwner(_folder.Path, Privileges.Find("nobody"));
    }
}
