using FsCheck;
using FsCheck.Fluent;

namespace Argosy.Sockets.Tests;

public sealed class PushBackBufferTests
{
    [Fact]
    public void What_is_put_back_comes_out_before_what_was_there()
    {
        var property = Prop.ForAll<(byte[] Bytes, byte Take)[]>(steps =>
        {
            var buffer = new PushBackBuffer();
            var model = new List<byte>();
            foreach (var (bytes, take) in steps)
            {
                buffer.Prepend(bytes ?? []);
                model.InsertRange(0, bytes ?? []);
                var taken = new byte[take];
                var count = buffer.Take(taken);
                if (count != Math.Min(take, model.Count) || !taken.AsSpan(0, count).SequenceEqual(model.Take(count).ToArray())) return false;
                model.RemoveRange(0, count);
                if (buffer.IsEmpty != (model.Count == 0)) return false;
            }

            return true;
        });
        Check.One(Config.QuickThrowOnFailure.WithReplay(7, 9).WithMaxTest(500), property);
    }

    [Fact]
    public void Large_arrays_are_let_go_when_empty()
    {
        var buffer = new PushBackBuffer();
        var bytes = new byte[1 << 20];
        buffer.Prepend(bytes);
        Assert.Equal(bytes.Length, buffer.Take(bytes));
        var before = GC.GetAllocatedBytesForCurrentThread();
        buffer.Prepend("x"u8);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 4096);
        Assert.Equal(1, buffer.Take(bytes));
    }
}
