using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <summary>A client is told each fact in one form, in this room's words.</summary>
public sealed partial class FaultTextTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private Vessel _disk = null!;
    private Vessel _memory = null!;

    public async ValueTask InitializeAsync()
    {
        _disk = new Vessel(new LocalStorage(), _folder.In("home"), Path.Combine(_folder.Path, "ledger"));
        _memory = new Vessel(new MemoryStorage(), _folder.In("memory"), Path.Combine(_folder.Path, "other"));
        foreach (var vessel in new[] { _disk, _memory })
        {
            var session = await vessel.OpenAsync();
            await session.MakeFolderAsync(P("folder/sub"), parents: true);
            await session.PutAsync("file", "12345");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _disk.DisposeAsync();
        await _memory.DisposeAsync();
        _folder.Dispose();
    }

    public static TheoryData<string, Func<FileSession, Task>> Faults => new()
    {
        { "/none: not found.", session => session.GetAsync("none") },
        { "/none: not found.", session => session.RemoveAsync(P("none")).AsTask() },
        { "/none: not found.", session => session.RemoveFolderAsync(P("none")).AsTask() },
        { "/none: not found.", session => session.RenameAsync(P("none"), P("new")).AsTask() },
        { "/none: not found.", session => session.CopyAsync(P("none"), P("new")).AsTask() },
        { "/none: not found.", session => session.TouchAsync(P("none"), DateTime.UtcNow).AsTask() },
        { "/none: not found.", session => session.HashAsync(P("none"), ChecksumAlgorithm.Md5).AsTask() },
        { "/none: not found.", session => session.NamesAsync("none") },
        { "/none: not found.", session => session.ChangeFolderAsync(P("none")).AsTask() },
        { "/folder: already exists.", session => session.MakeFolderAsync(P("folder")).AsTask() },
        { "/file: already exists.", session => session.CopyAsync(P("file"), P("file"), overwrite: false).AsTask() },
        { "/file: already exists, and is not a folder.", session => session.MakeFolderAsync(P("file"), parents: true).AsTask() },
        { "/folder: is a folder.", session => session.GetAsync("folder") },
        { "/folder: is a folder.", session => session.PutAsync("folder", "x") },
        { "/folder: is a folder; remove it as one.", session => session.RemoveAsync(P("folder")).AsTask() },
        { "/file: not a folder.", session => session.RemoveFolderAsync(P("file")).AsTask() },
        { "/folder: not empty.", session => session.RemoveFolderAsync(P("folder")).AsTask() },
        { "/file: a part of the path is not a folder.", session => session.PutAsync("file/x", "x") },
        { "/folder: cannot be moved into itself.", session => session.RenameAsync(P("folder"), P("folder/sub/x")).AsTask() },
        { "The home itself cannot be changed; name something in it.", session => session.RemoveAsync(RemotePath.Root).AsTask() },
        { "A name is longer than 255 bytes.", session => session.PutAsync(new string('x', 256), "x") },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public async Task One_fact_has_one_form_on_disk_and_in_memory(string told, Func<FileSession, Task> fault)
    {
        foreach (var vessel in new[] { _disk, _memory })
        {
            var session = await vessel.OpenAsync();
            Assert.Equal(told, (await Assert.ThrowsAsync<FileException>(() => fault(session))).Message);
        }
    }

    [Fact]
    public async Task A_limit_is_told_in_sizes_that_people_read()
    {
        var session = await _disk.OpenAsync(grant => grant with { QuotaBytes = 1 << 20, QuotaFiles = 1 });
        var refused = await Assert.ThrowsAsync<FileException>(() => session.PutAsync("other", "x"));
        Assert.Equal("Over the account's quota of 1.0 MiB and 1 file; remove something, or ask the operator for more room.", refused.Message);
        var reader = await _disk.OpenAsync(grant => grant with { Permissions = Permissions.Read | Permissions.List });
        refused = await Assert.ThrowsAsync<FileException>(() => reader.PutAsync("other", "x"));
        Assert.Equal("/other: this account may not write there.", refused.Message);
    }

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1, "1 byte")]
    [InlineData(1023, "1023 bytes")]
    [InlineData(1024, "1.0 KiB")]
    [InlineData((1 << 20) - 1, "1.0 MiB")]
    [InlineData(long.MaxValue, "8.0 EiB")]
    public void Sizes_are_whole_bytes_or_one_decimal(long bytes, string text) => Assert.Equal(text, SizeText.Of(bytes));

    [Fact]
    public void No_number_of_the_system_and_none_of_its_phrases_is_told()
    {
        for (var number = 1; number < 134; number++)
        {
            var told = Errno.Exception(-number, "/x").Message;
            Assert.StartsWith("/x: ", told, StringComparison.Ordinal);
            Assert.DoesNotMatch(Foreign(), told);
            Assert.DoesNotContain(Marshal.GetPInvokeErrorMessage(number), told, StringComparison.OrdinalIgnoreCase);
        }
    }

    [GeneratedRegex(@"errno|\d|directory|denied|Exception", RegexOptions.IgnoreCase)]
    private static partial Regex Foreign();
}
