namespace Argosy.Client.Tests;

public sealed class HashAlgorithmsTests
{
    [Fact]
    public void Every_algorithm_is_found_by_its_name_and_no_other_name_is()
    {
        foreach (var algorithm in Enum.GetValues<HashAlgorithm>())
        {
            Assert.Equal(algorithm, HashAlgorithms.Find(HashAlgorithms.Name(algorithm)));
            Assert.Equal(algorithm, HashAlgorithms.Find(HashAlgorithms.Name(algorithm).ToUpperInvariant()));
        }

        Assert.Equal(["crc32c", "md5", "sha256"], HashAlgorithms.Names);
        foreach (var name in (string[])["", "sha1", "0", "2", "sha256 "])
            Assert.Null(HashAlgorithms.Find(name));
    }
}
