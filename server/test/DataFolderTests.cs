namespace Argosy.Server.Tests;

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
        foreach (var kept in (string[])["outside", "outside/file"])
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
}
