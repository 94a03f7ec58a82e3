using System.Runtime.InteropServices;

namespace Argosy.Client.Tests;

/// <summary>Known servers behind a link, as people have them who keep their settings elsewhere.</summary>
public sealed partial class KnownServersLinkTests : IDisposable
{
    private static readonly Fingerprint Pin = Fingerprint.Parse("sha256:" + new string('a', 64));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("kept/pins", true)]
    [InlineData("kept/pins", false)]
    [InlineData("absolute", true)]
    [InlineData("over/another", true)]
    public async Task The_link_stays_and_what_it_leads_to_is_changed(string target, bool exists)
    {
        Directory.CreateDirectory(_folder["kept"]);
        if (exists)
            await File.WriteAllTextAsync(_folder["kept/pins"], "other:1 x\n");
        if (target == "over/another")
        {
            Directory.CreateDirectory(_folder["over"]);
            File.CreateSymbolicLink(_folder["over/another"], "../kept/pins");
        }

        File.CreateSymbolicLink(_folder["known"], target == "absolute" ? _folder["kept/pins"] : target);
        var known = new KnownServers(_folder["known"]);
        await known.PinAsync("h:1", Pin, null);
        Assert.NotNull(new FileInfo(_folder["known"]).LinkTarget);
        Assert.Null(new FileInfo(_folder["kept/pins"]).LinkTarget);
        Assert.Equal((exists ? "other:1 x\n" : "") + $"h:1 {Pin}\n", await File.ReadAllTextAsync(_folder["kept/pins"]));
        Assert.Equal(Pin, known.Find("h:1"));
        Assert.Equal(["pins", "pins.lock"], Directory.GetFiles(_folder["kept"]).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("known")]
    [InlineData("theirs")]
    public async Task What_is_somebody_elses_is_read_and_not_changed(string whose)
    {
        if (Posix.User != 0)
            Assert.Skip("Only root can give a file away.");
        await File.WriteAllTextAsync(_folder["theirs"], $"h:1 {Pin}\n");
        File.CreateSymbolicLink(_folder["known"], "theirs");
        Assert.Equal(0, ChangeOwner(_folder[whose], 65534, 65534));
        var known = new KnownServers(_folder["known"]);
        Assert.Equal(Pin, known.Find("h:1"));
        Assert.Equal(LocalFault.Link, (await Assert.ThrowsAsync<LocalFileException>(() => known.PinAsync("h:2", Pin, null))).Fault);
        Assert.Equal($"h:1 {Pin}\n", await File.ReadAllTextAsync(_folder["theirs"]));
    }

    [Fact]
    public void What_cannot_be_read_does_not_count_as_none()
    {
        File.CreateSymbolicLink(_folder["known"], "known");
        Assert.Throws<LocalFileException>(() => new KnownServers(_folder["known"]).Find("h:1"));
        Assert.Throws<LocalFileException>(() => new KnownServers("/dev/null").Find("h:1"));
    }

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
