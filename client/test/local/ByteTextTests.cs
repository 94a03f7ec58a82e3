using FsCheck;
using FsCheck.Fluent;

namespace Argosy.Client.Tests.Local;

public sealed class ByteTextTests
{
    [Fact]
    public void Bytes_come_back_as_they_went() => Prop.ForAll<byte[]>(bytes =>
    {
        var text = ByteText.OfBytes(bytes);
        return ByteText.ToBytes(text).AsSpan().SequenceEqual(bytes)
            && RemotePath.FromText("/" + text.Replace("\0", "", StringComparison.Ordinal)).Bytes.Length == bytes.Count(value => value != 0) + 1
            && Terminal.Escape(text) == Terminal.Escape(bytes);
    }).Check(Properties.Repeatable);

    [Fact]
    public void Text_that_is_text_stays_itself() =>
        Assert.Equal("größe 🚢 日本"u8.ToArray(), ByteText.ToBytes("größe 🚢 日本"));

    [Fact]
    public void A_byte_that_is_no_text_is_a_low_surrogate()
    {
        Assert.Equal("caf\udce9.txt", ByteText.OfBytes([.. "caf"u8, 0xe9, .. ".txt"u8]));
        Assert.Equal("caf\\xe9.txt", Terminal.Escape("caf\udce9.txt"));
        Assert.Equal([(byte)'/', 0xe9], RemotePath.FromText("/\udce9").Bytes.ToArray());
        Assert.Equal([(byte)'/', 0xe9], ArgosyUrl.Parse("argosy://host/\udce9").Path.Bytes.ToArray());
        Assert.Equal("argosy://host/%E9", ArgosyUrl.Parse("argosy://host/\udce9").ToString());
    }

    [Fact]
    public void Half_a_character_that_stands_for_no_byte_is_refused()
    {
        foreach (var text in (string[])["\ud800", "\udc7f", "\udd00x"])
        {
            Assert.Throws<FormatException>(() => ByteText.ToBytes(text));
            Assert.Equal(LocalFault.BadName, Assert.Throws<LocalFileException>(() => LocalPath.Full(text)).Fault);
        }
    }
}
