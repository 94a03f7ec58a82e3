namespace Argosy.Ledger.Tests;

/// <summary>The place for what is counted is private, in memory, and goes with the data folder.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class LedgerFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("argosy-ledger-folder");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void It_depends_on_the_data_folder_and_is_in_memory()
    {
        var first = LedgerFolder.For(In("data"));
        Assert.Equal(first, LedgerFolder.For(In("data")));
        Assert.NotEqual(first, LedgerFolder.For(In("other")));
        Assert.Contains(new DriveInfo(Path.GetDirectoryName(first)!).DriveFormat, (string[])["tmpfs", "ramfs"]);
        Assert.False(Directory.Exists(first));
    }

    [Fact]
    public void It_is_its_owners_alone()
    {
        Directory.CreateDirectory(In("place"), (UnixFileMode)0b111_111_111);
        LedgerFolder.Make(In("place"), In("data"));
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(In("place")));
        LedgerFolder.Require(In("place"));
    }

    [Fact]
    public void A_link_a_file_and_nothing_are_refused_with_advice()
    {
        Directory.CreateDirectory(In("target"));
        File.CreateSymbolicLink(In("link"), In("target"));
        File.WriteAllText(In("file"), "");

        Assert.Contains("remove it, then start again", Assert.Throws<IOException>(() => LedgerFolder.Make(In("link"), In("data"))).Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(In("target")));
        Assert.Throws<IOException>(() => LedgerFolder.Make(In("file"), In("data")));
        Assert.Contains("restart the server", Assert.Throws<IOException>(() => LedgerFolder.Require(In("missing"))).Message);
    }

    [Fact]
    public void What_belongs_to_another_user_is_not_taken_and_what_is_the_heirs_is_left_alone()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Only root can give a folder to another user.");

        const uint nobody = 65534;
        LedgerFolder.Make(In("place"), In("data"), heir: nobody);
        File.WriteAllText(Path.Combine(In("place"), "ledger"), "old");
        Assert.Equal(0, Shell($"chown {nobody} {In("place")}"));

        Assert.False(LedgerFolder.Make(In("place"), In("data"), heir: nobody));
        Assert.Equal("old", File.ReadAllText(Path.Combine(In("place"), "ledger")));
        Assert.Contains("another user", Assert.Throws<IOException>(() => LedgerFolder.Make(In("place"), In("data"))).Message);
        Assert.Throws<IOException>(() => LedgerFolder.Require(In("place")));
    }

    [Fact]
    public void Those_of_data_folders_that_are_gone_are_removed()
    {
        Directory.CreateDirectory(In("stays"));
        Directory.CreateDirectory(In("goes"));
        foreach (var name in (string[])["stays", "goes"])
        {
            LedgerFolder.Make(In($"argosy-{name}"), In(name));
            using var ledger = Ledger.Open(Path.Combine(In($"argosy-{name}"), "ledger"));
        }

        Directory.Delete(In("goes"));
        LedgerFolder.Make(In("argosy-new"), In("stays"));
        Assert.Equal(["argosy-new", "argosy-stays", "stays"], _folder.EnumerateFileSystemInfos().Select(each => each.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void One_that_is_being_made_is_left_alone()
    {
        Directory.CreateDirectory(In("data"));
        Directory.CreateDirectory(In("argosy-begun"));
        File.WriteAllText(Path.Combine(In("argosy-begun"), "data"), "");

        LedgerFolder.Make(In("argosy-new"), In("data"));

        Assert.True(Directory.Exists(In("argosy-begun")));
    }

    private static int Shell(string command)
    {
        using var shell = System.Diagnostics.Process.Start("sh", ["-c", command]);
        shell.WaitForExit();
        return shell.ExitCode;
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);
}
