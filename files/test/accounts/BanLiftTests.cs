using Argosy.Ledger;

namespace Argosy.Files.Tests;

/// <summary>What docs/security.md tells operators to do.</summary>
public sealed class BanLiftTests : FileServiceTest
{
    [Fact]
    public async Task Spoiling_the_first_bytes_of_the_bans_lifts_all_of_them_while_the_server_runs()
    {
        if (!OperatingSystem.IsLinux()) return;

        var (one, other) = (Start(Strictly), Start(options => Strictly(options) with { IsMember = true }));
        await Assert.ThrowsAsync<FileException>(async () => await one.LoginAsync("alex", "wrong", Origin, InlineOffload.Instance));
        Assert.True(one.IsBanned(Origin.Address) && other.IsBanned(Origin.Address));

        using (var file = new FileStream(Path.Combine(LedgerFolder.For(Premises.Data), "bans"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.Write("        "u8);

        Assert.False(one.IsBanned(Origin.Address) || other.IsBanned(Origin.Address));
        await LoginAsync(other);

        static FileServiceOptions Strictly(FileServiceOptions options) => options with { Bans = new BanRule { Failures = 1 } };
    }
}
