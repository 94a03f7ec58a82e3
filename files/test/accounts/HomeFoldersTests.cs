namespace Argosy.Files.Tests;

/// <summary>docs/decisions/0017-home-register.md: which folder becomes whose home, and when it is made.</summary>
public sealed class HomeFoldersTests : IDisposable
{
    private readonly Premises _premises = new();
    private readonly Lines<HomeFoldersTests> _log = new();

    private string Home => Path.Combine(_premises.Root, "alex");

    [Fact]
    public void A_new_home_is_made_for_its_owner_alone_and_found_again()
    {
        Prepare();
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Home));

        File.WriteAllText(Path.Combine(Home, "letter"), "dear");
        Prepare();
        Assert.True(File.Exists(Path.Combine(Home, "letter")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_home_that_was_there_once_is_not_made_again(bool isNamed)
    {
        Prepare(isNamed);
        Directory.Delete(Home);

        Assert.Contains("mount its disk or restore it", Fault(isNamed));
        Assert.False(Directory.Exists(Home));

        Directory.CreateDirectory(Home); // By hand: the operator's word.
        Prepare(isNamed);
    }

    [Fact]
    public void Where_a_disk_was_mounted_an_empty_folder_is_not_the_home()
    {
        Register().Record("alex", Home, HomeState.Mounted);
        Directory.CreateDirectory(Home);

        Assert.Contains("no disk is mounted", Fault());
        Assert.Equal(HomeState.Mounted, HomeFolders.Found("/proc"));
        Assert.Equal(HomeState.Made, HomeFolders.Found(Home));
        Assert.Null(HomeFolders.Found(_premises.Beside("nothing")));
    }

    [Fact]
    public void A_folder_that_lay_there_before_is_nobodys_home_until_it_is_named()
    {
        Directory.CreateDirectory(Home);

        Assert.Contains($"--home {Home}", Fault());
        Prepare(isNamed: true);
        Prepare();
    }

    [Theory]
    [InlineData("file", "not a folder")]
    [InlineData("link", "is a link")]
    [InlineData("above", "come into the way")]
    [InlineData("no parent", "the folder above it")]
    public void What_is_no_folder_is_no_home(string what, string reason)
    {
        Directory.CreateDirectory(_premises.Beside("real/alex"));
        switch (what)
        {
            case "file": File.WriteAllText(Home, ""); break;
            case "link": Directory.CreateSymbolicLink(Home, _premises.Beside("real")); break;
            case "above":
                Directory.Delete(_premises.Root);
                Directory.CreateSymbolicLink(_premises.Root, _premises.Beside("real"));
                break;
            default: Directory.Delete(_premises.Root); break;
        }

        Assert.Contains(reason, Fault(isNamed: true));
        Assert.Empty(Directory.GetFileSystemEntries(_premises.Beside("real/alex")));
    }

    [Fact]
    public void A_home_that_was_claimed_when_its_process_died_is_made_or_taken()
    {
        Register().Record("alex", Home, HomeState.Claimed);
        Directory.CreateDirectory(Home);
        Prepare();

        Register().Record("bob", Path.Combine(_premises.Root, "bob"), HomeState.Claimed);
        new HomeFolders(Register()).Prepare("bob", Path.Combine(_premises.Root, "bob"), isNamed: false);
        Assert.True(Directory.Exists(Path.Combine(_premises.Root, "bob")));
    }

    [Fact]
    public void Where_it_cannot_be_written_down_no_home_is_made()
    {
        Directory.CreateDirectory(Path.Combine(_premises.Data, HomeRegister.FileName));

        Assert.Contains("cannot be written down", Fault());
        Assert.False(Directory.Exists(Home));
    }

    [Fact]
    public void Processes_that_make_a_home_at_one_moment_agree()
    {
        for (var round = 0; round < 50; round++)
        {
            var place = Path.Combine(_premises.Root, $"user{round}");
            using var start = new Barrier(4);
            Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ => Start(place));

            void Start(string home)
            {
                var folders = new HomeFolders(Register());
                start.SignalAndWait(TimeSpan.FromMilliseconds(100));
                folders.Prepare(Path.GetFileName(home), home, isNamed: false);
            }
        }
    }

    [Fact]
    public void A_line_that_a_crash_cut_costs_itself_alone()
    {
        Register().Record("alex", Home, HomeState.Made);
        File.AppendAllText(Path.Combine(_premises.Data, HomeRegister.FileName), "[\"made\",\"bo");
        var register = Register();
        register.Record("carol", "/srv/\n\"carol\"", HomeState.Mounted);

        foreach (var each in new[] { register, Register() })
        {
            Assert.Equal(HomeState.Made, each.StateOf("alex", Home));
            Assert.Equal(HomeState.Mounted, each.StateOf("carol", "/srv/\n\"carol\""));
            Assert.Equal(HomeState.Unknown, each.StateOf("carol", "/srv/other"));
            Assert.Equal(HomeState.Unknown, each.StateOf("bo", ""));
        }
    }

    [Fact]
    public void A_register_that_was_removed_knows_nothing_any_more()
    {
        var register = Register();
        register.RecordRoot("/srv", [("alex", Home, HomeState.Made)]);
        Assert.True(register.Knows("/srv"));
        Assert.Equal(HomeState.Made, register.StateOf("alex", Home));

        File.Delete(Path.Combine(_premises.Data, HomeRegister.FileName));
        File.WriteAllText(Path.Combine(_premises.Data, HomeRegister.FileName), "\n");
        Assert.False(register.Knows("/srv"));
        Assert.Equal(HomeState.Unknown, register.StateOf("alex", Home));
    }

    public void Dispose() => _premises.Dispose();

    private HomeRegister Register() => new(_premises.Data, _log);

    private void Prepare(bool isNamed = false) => new HomeFolders(Register()).Prepare("alex", Home, isNamed);

    private string Fault(bool isNamed = false) => Assert.Throws<HomeException>(() => Prepare(isNamed)).Message;
}
