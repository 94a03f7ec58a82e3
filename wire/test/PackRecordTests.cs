using System.Buffers;
using System.Text;

namespace Argosy.Wire.Tests;

/// <summary>docs/protocol.md section 7: the records of a body of many files.</summary>
public sealed class PackRecordTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_record_is_read_as_it_was_written(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 500; i++)
        {
            byte[] name = new byte[random.Next(300)], content = new byte[random.Next(5000)];
            random.NextBytes(name);
            random.NextBytes(content);
            long? mtime = random.Next(3) == 0 ? null : random.NextInt64(-Limits.Number, Limits.Number + 1);
            int? mode = random.Next(3) == 0 ? null : random.Next(0x1000);
            var written = Write(new PackRecord(PackKind.File, name, content, mtime, mode));

            Assert.True(PackRecord.TryRead(written, out var read));
            Assert.Equal(written.Length, read.Length);
            Assert.Equal((PackKind.File, mtime, mode), (read.Kind, read.MTime, read.Mode));
            Assert.Equal(name, read.Name.ToArray());
            Assert.Equal(content, read.Content.ToArray());

            var inPlace = new byte[written.Length];
            name.CopyTo(inPlace, PackRecord.HeadSize);
            content.CopyTo(inPlace, PackRecord.HeadSize + name.Length);
            PackRecord.Complete(inPlace, name.Length, mtime, mode);
            Assert.Equal(written, inPlace);
        }
    }

    [Fact]
    public void A_failure_says_which_file_it_is_about()
    {
        var written = Write(new PackRecord(PackKind.Failure, "exists"u8.ToArray(), "It is there."u8.ToArray(), Number: 7));
        Assert.True(PackRecord.TryRead(written, out var read));
        Assert.Equal((PackKind.Failure, 7, "exists", "It is there."), (
            read.Kind, read.Number, Encoding.UTF8.GetString(read.Name.Span), Encoding.UTF8.GetString(read.Content.Span)));
    }

    [Fact]
    public void A_record_that_has_not_all_come_is_none_and_any_flipped_bit_shows()
    {
        var written = Write(new PackRecord(PackKind.File, "name"u8.ToArray(), "content"u8.ToArray(), 1, 420));
        for (var length = 0; length < written.Length; length++)
            Assert.False(PackRecord.TryRead(written.AsMemory(0, length), out _));
        for (var bit = 0; bit < 8 * written.Length; bit++)
        {
            byte[] flipped = [.. written];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.False(PackRecord.TryRead(flipped, out _)); // It seems to be longer.
            }
            catch (WireException exception)
            {
                Assert.Equal(WireError.Mismatch, exception.Error);
            }
        }
    }

    [Theory]
    [InlineData(4, new byte[] { 1, 0, 16, 0 })] // a byte more than a file may have
    [InlineData(18, new byte[] { 1, 16 })] // a byte more than a name may have
    public void A_record_that_may_not_be_so_long_is_refused_by_its_head(int at, byte[] value)
    {
        var head = new byte[PackRecord.HeadSize];
        value.CopyTo(head, at);
        Assert.Equal(WireError.Mismatch, Assert.Throws<WireException>(() => PackRecord.TryReadLength(head, out _)).Error);
    }

    private static byte[] Write(PackRecord record)
    {
        var output = new ArrayBufferWriter<byte>();
        record.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }
}
