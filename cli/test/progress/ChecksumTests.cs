using Argosy.Cli.Tests.Spine;
using Argosy.Cli.Tests.Transfer;

namespace Argosy.Cli.Tests.Progressing;

/// <summary><c>argosy hash</c> beside the usual tools.</summary>
[Collection(nameof(TransferCommandsTests))]
public sealed class ChecksumTests : IAsyncDisposable
{
    private const int Timeout = 300_000;

    // By table, from RFC 3720 appendix B.4's polynomial; blocks of zeros, which sparse files are made of, by squaring the shift matrix.
    private const string Crc32C = """
        import sys
        def step(n):
            for _ in range(8): n = n >> 1 ^ (0x82f63b78 if n & 1 else 0)
            return n
        table = [step(n) for n in range(256)]
        def times(matrix, vector):
            sum = 0
            for row in matrix:
                if not vector: break
                if vector & 1: sum ^= row
                vector >>= 1
            return sum
        BLOCK = 1 << 20
        shift = [step(1 << bit) for bit in range(32)]
        for _ in range(20): shift = [times(shift, row) for row in shift]
        zeros = bytes(BLOCK)
        for name in sys.argv[1:]:
            crc = 0xffffffff
            with open(name, "rb") as file:
                while data := file.read(BLOCK):
                    if data == zeros: crc = times(shift, crc)
                    else:
                        for byte in data: crc = crc >> 8 ^ table[(crc ^ byte) & 0xff]
            print("%08x  %s" % (crc ^ 0xffffffff, name))
        """;

    private readonly TransferWorld _world = new();
    private readonly TempFolder _home = new();

    public async ValueTask DisposeAsync()
    {
        _home.Dispose();
        await _world.DisposeAsync();
    }

    [Fact(Timeout = Timeout)]
    public async Task Of_files_of_any_size_they_are_those_of_the_usual_tools()
    {
        int[] sizes = [0, 1, 63, 64, 65, 4095, 4096, 4097, 65_535, 65_536, 65_537, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 1_700_003];
        foreach (var size in sizes)
            await File.WriteAllBytesAsync(_world.World.Path($"f{size}"), Contents.Random(size, size + 1));
        await AssertSameAsync([.. sizes.Select(size => $"f{size}")]);
    }

    [Fact(Timeout = Timeout)]
    public async Task Of_a_file_beyond_four_gibibytes_too()
    {
        Assert.SkipUnless(Check.All, "not applicable: with --all only, since it reads 13 GB");
        Contents.WriteSparse(_world.World.Path("huge"), (1L << 32) + 12_345_678);
        await AssertSameAsync("huge");
    }

    [Fact(Timeout = Timeout)]
    public async Task The_usual_tools_check_its_output()
    {
        await File.WriteAllBytesAsync(_world.World.Path("f"), Contents.Random(100_000, 1));
        foreach (var (algorithm, tool) in ((string, string)[])[("md5", "md5sum"), ("sha256", "sha256sum")])
        {
            var (_, output, _) = await TransferWorld.RunAsync("hash", "--algorithm", algorithm, _world.Url("/f"));
            _home.Write("sums", output.Replace("  /", "  ", StringComparison.Ordinal));
            var checkedBy = await ArgosyCommand.RunProgramAsync(
                _home, "/usr/bin/env", ["-C", Path.GetDirectoryName(_world.World.Path("f"))!, "LC_ALL=C", tool, "-c", _home["sums"]]);
            Assert.Equal((0, "f: OK\n"), (checkedBy.ExitCode, checkedBy.Output));
        }
    }

    private async Task AssertSameAsync(params string[] names)
    {
        string[] files = [.. names.Select(_world.World.Path)];
        (string Algorithm, string[] Tool)[] tools = [("md5", ["md5sum"]), ("sha256", ["sha256sum"]), ("crc32c", ["python3", "-c", Crc32C])];
        foreach (var (algorithm, tool) in tools)
        {
            var usual = await ArgosyCommand.RunProgramAsync(_home, "/usr/bin/env", [.. tool, .. files], TimeSpan.FromMinutes(4));
            Assert.Equal((0, ""), (usual.ExitCode, usual.Error));
            var expected = usual.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]).ToList();
            Assert.Equal(names.Length, expected.Distinct().Count());
            for (var index = 0; index < names.Length; index++)
            {
                Assert.Equal(
                    (0, $"{expected[index]}  /{names[index]}\n", ""),
                    await TransferWorld.RunAsync("hash", "--algorithm", algorithm, _world.Url($"/{names[index]}")));
            }
        }
    }
}
