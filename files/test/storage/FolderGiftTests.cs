using System.Buffers.Binary;
using System.Text;
using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <summary>A published file gets from its folder what a file that is made there gets.</summary>
public sealed class FolderGiftTests : IAsyncLifetime
{
    private const uint SomeGroup = 4321;

    private readonly TestFolder _folder = new();
    private Vessel _vessel = null!;
    private FileSession _session = null!;

    private string Home => _vessel.Home;

    public async ValueTask InitializeAsync()
    {
        _vessel = new Vessel(new LocalStorage(), _folder.In("home"), Path.Combine(_folder.Path, "ledger"));
        _session = await _vessel.OpenAsync();
        Directory.CreateDirectory(Path.Combine(Home, "in"));
    }

    public async ValueTask DisposeAsync()
    {
        await _vessel.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_group_of_a_folder_that_hands_it_on()
    {
        Assert.SkipUnless(Kernel.User == 0, "not applicable: only root has other groups to give.");
        Change("in", folder =>
        {
            Errno.Check(Kernel.SetGroup(folder, SomeGroup), "chown");
            Errno.Check(Kernel.Chmod(folder, 0x5ed), "chmod"); // 02755
        });
        await EverywhereAsync(name => Assert.Equal(SomeGroup, Look(name).Group));
        await _session.PutAsync("beside", "x");
        Assert.NotEqual(SomeGroup, Look("beside").Group);
    }

    [Fact]
    public async Task The_default_access_list_of_a_folder()
    {
        // user::rwx, user:4321:rwx, group::r-x, mask::rwx, other::---
        var defaults = List((0x01, 7, uint.MaxValue), (0x02, 7, SomeGroup), (0x04, 5, uint.MaxValue), (0x10, 7, uint.MaxValue), (0x20, 0, uint.MaxValue));
        Change("in", folder => Assert.SkipWhen(Kernel.SetDefaultAccessList(folder, defaults) < 0, "not applicable: the temporary folder's disk has no access lists."));

        // What the kernel itself gives to a file that is made there.
        var expected = List((0x01, 6, uint.MaxValue), (0x02, 7, SomeGroup), (0x04, 5, uint.MaxValue), (0x10, 6, uint.MaxValue), (0x20, 0, uint.MaxValue));
        var made = Kernel.OpenAt(Kernel.AtWorkingFolder, Terminated("in/made"), Kernel.ReadWrite | Kernel.Create, LocalTree.UsualMode);
        Kernel.Close(made);
        Assert.Equal(expected, Kernel.ReadAccessList(Terminated("in/made")));
        await EverywhereAsync(name => Assert.Equal(expected, Kernel.ReadAccessList(Terminated(name))));

        await using var upload = await _session.OpenUploadAsync(new() { Path = P("in/private") });
        upload.Mode = 0x180; // 0600
        await upload.CommitAsync();
        Assert.Equal(0x180, Look("in/private").TypeAndMode & 0x1ff);
    }

    [Fact]
    public async Task And_nothing_from_where_it_was_staged()
    {
        var defaults = List((0x01, 7, uint.MaxValue), (0x02, 7, SomeGroup), (0x04, 5, uint.MaxValue), (0x10, 7, uint.MaxValue), (0x20, 0, uint.MaxValue));
        var place = _folder.In("other");
        Change("../other", folder => Assert.SkipWhen(Kernel.SetDefaultAccessList(folder, defaults) < 0, "not applicable: the temporary folder's disk has no access lists."));
        var session = await _vessel.OpenAsync(grant => grant with { Home = place });
        await session.MakeFolderAsync(P("plain"));
        Change("../other/plain", Kernel.RemoveDefaultAccessList);
        await session.PutAsync("plain/file", "x");

        Assert.Null(Kernel.ReadAccessList(Terminated("../other/plain/file")));
    }

    private static byte[] List(params (ushort Tag, ushort Permissions, uint Id)[] entries)
    {
        var list = new byte[4 + (8 * entries.Length)];
        list[0] = 2;
        foreach (var (entry, i) in entries.Select((entry, i) => (entry, i)))
        {
            var at = list.AsSpan(4 + (8 * i));
            BinaryPrimitives.WriteUInt16LittleEndian(at, entry.Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(at[2..], entry.Permissions);
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], entry.Id);
        }

        return list;
    }

    /// <summary>By every way in.</summary>
    private async Task EverywhereAsync(Action<string> check)
    {
        await _session.PutAsync("in/put", "x");
        await _session.PutAsync("in/put", "over");
        await _session.PutAsync("in/resumed", "x", "id");
        await _session.StoreAsync(new() { Path = P("in/stored") }, "x"u8.ToArray());
        await _session.StoreManyAsync([new(P("in/a"), "x"u8.ToArray()), new(P("in/b"), "x"u8.ToArray())]);
        foreach (var name in new[] { "put", "resumed", "stored", "a", "b" })
        {
            check("in/" + name);
        }
    }

    private void Change(string name, Action<int> change)
    {
        using var folder = new Descriptor(Errno.Check(Kernel.OpenAt(Kernel.AtWorkingFolder, Terminated(name), Kernel.ReadOnly | Kernel.Directory), name));
        change(folder.Number);
    }

    private Status Look(string name)
    {
        Errno.Check(Kernel.Stat(Kernel.AtWorkingFolder, Terminated(name), 0, out var status), name);
        return status;
    }

    private byte[] Terminated(string name) => Encoding.ASCII.GetBytes(Path.Combine(Home, name) + '\0');
}
