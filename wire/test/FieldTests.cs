namespace Argosy.Wire.Tests;

public sealed class FieldTests
{
    [Fact]
    public void A_key_is_the_fields_name_in_small_letters()
    {
        (Field Field, string Key)[] samples =
        [
            (Field.PathB64, "path_b64"), (Field.Crc32c, "crc32c"), (Field.Sha256, "sha256"), (Field.Mtime, "mtime"), (Field.BytesLimit, "bytes_limit"),
            (Field.Filename, "filename"), (Field.FileName, "file_name"), (Field.Filesize, "filesize"), (Field.FileSize, "file_size"),
        ];
        foreach (var (field, key) in samples)
            Assert.Equal((key, field), (field.Name(), Fields.Find(key)));
    }

    [Fact]
    public void Every_key_is_found_and_has_its_bit()
    {
        Assert.InRange(Enum.GetValues<Field>().Length, 1, 64);
        foreach (var field in Enum.GetValues<Field>().Where(field => field != Field.Unknown))
        {
            Assert.Equal(field, Fields.Find(System.Text.Encoding.UTF8.GetBytes(field.Name())));
            Assert.Matches($"[`\"]{field.Name()}[`\"]", Specification.Text);
        }
    }
}
