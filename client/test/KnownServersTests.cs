using System.Security.Cryptography;

namespace Argosy.Client.Tests;

public sealed class KnownServersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private KnownServers Known => new(_folder["deep/er/known_servers"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_pin_is_found_again_and_other_lines_stay()
    {
        Directory.CreateDirectory(_folder["deep/er"]);
        await File.WriteAllTextAsync(Known.Path!, "# mine\n\nother:1 what ever\n");
        var pin = Key("a");
        Assert.Null(Known.Find("host:7373"));
        Assert.Equal(pin, await Known.PinAsync("host:7373", pin, null));
        Assert.Equal(pin, Known.Find("host:7373"));
        Assert.Null(Known.Find("host:737"));
        Assert.Null(Known.Find("host:73733"));
        Assert.Equal($"# mine\n\nother:1 what ever\nhost:7373 {pin}\n", await File.ReadAllTextAsync(Known.Path!));
    }

    [Fact]
    public async Task A_new_pin_replaces_only_the_one_that_was_seen()
    {
        Fingerprint first = Key("1"), second = Key("2"), third = Key("3");
        await Known.PinAsync("h:1", first, null);
        Assert.Equal(first, await Known.PinAsync("h:1", second, null));
        Assert.Equal(second, await Known.PinAsync("h:1", second, first));
        Assert.Equal(second, await Known.PinAsync("h:1", third, first));
        Assert.Equal($"h:1 {second}\n", await File.ReadAllTextAsync(Known.Path!));
    }

    [Fact]
    public async Task Many_at_once_lose_nothing()
    {
        await Parallel.ForAsync(0, 40, async (number, stop) => await Known.PinAsync($"h:{number}", Key($"{number}"), null, stop));
        for (var number = 0; number < 40; number++)
            Assert.Equal(Key($"{number}"), Known.Find($"h:{number}"));
        Assert.Equal(["known_servers", "known_servers.lock"], Directory.GetFiles(_folder["deep/er"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Only_its_owner_can_read_it()
    {
        await Known.PinAsync("h:1", Key("1"), null);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Known.Path!));
    }

    [Fact]
    public async Task A_broken_line_is_not_taken_for_none()
    {
        Directory.CreateDirectory(_folder["deep/er"]);
        await File.WriteAllTextAsync(Known.Path!, "h:1 sha256:12\n");
        Assert.Contains("Correct it", Assert.Throws<NotTrustedException>(() => Known.Find("h:1")).Message);
    }

    private static Fingerprint Key(string seed) =>
        Fingerprint.Parse("sha256:" + Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(seed))));
}
