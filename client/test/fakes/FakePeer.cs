using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using Argosy.Wire;

namespace Argosy.Client.Tests;

/// <summary>One connection of a <see cref="FakeServer"/>, as its script sees it.</summary>
internal sealed class FakePeer(Stream stream, X509Certificate2? certificate, CancellationToken stop)
{
    private readonly FrameDecoder<Request> _decoder = new(SealMode.Undecided, Limits.Header);
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    public X509Certificate2? Certificate => certificate;

    public CancellationToken Stop => stop;

    /// <summary>How long the chunks were that came so far.</summary>
    public List<long> Chunks { get; } = [];

    /// <summary>The next request, without its body; what is left of the one before is dropped.</summary>
    public async Task<Request> ReadRequestAsync()
    {
        while (true)
        {
            var item = await NextAsync();
            if (item == FrameItem.Header)
                return _decoder.Message!;
            if (item == FrameItem.Body)
                TakeBody();
        }
    }

    /// <summary>The rest of the request's body; its trailer is null where it was exact, or abandoned.</summary>
    public async Task<(byte[] Content, Trailer? Trailer, bool IsAbandoned)> ReadBodyAsync()
    {
        var content = new MemoryStream();
        while (true)
        {
            var item = await NextAsync();
            if (item == FrameItem.Body)
            {
                content.Write(TakeBody());
            }
            else if (item != FrameItem.NeedMore)
            {
                return (content.ToArray(), _decoder.Trailer, item == FrameItem.Abandoned);
            }
        }
    }

    public Task SendAsync(IMessage message, bool seal = true)
    {
        var frame = new ArrayBufferWriter<byte>();
        FrameEncoder.Write(frame, message, seal);
        return SendAsync(frame.WrittenMemory);
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await stream.WriteAsync(bytes, stop);
        await stream.FlushAsync(stop);
    }

    public async Task SendAllAsync(params IMessage[] messages)
    {
        foreach (var message in messages)
            await SendAsync(message);
    }

    public Task SendChunkAsync(ReadOnlySpan<byte> content)
    {
        var chunk = new ArrayBufferWriter<byte>();
        FrameEncoder.WriteChunkPrefix(chunk, content.Length);
        chunk.Write(content);
        return SendAsync(chunk.WrittenMemory);
    }

    public Task SendEndAsync(Trailer trailer)
    {
        var end = new ArrayBufferWriter<byte>();
        FrameEncoder.WriteEnd(end, trailer, seal: true);
        return SendAsync(end.WrittenMemory);
    }

    /// <summary>Answers hello.</summary>
    public async Task GreetAsync()
    {
        var hello = await ReadRequestAsync();
        Assert.Equal("hello", hello.Command);
        await SendAsync(Greeting(hello));
    }

    public Reply Greeting(Request hello) => new()
    {
        Id = hello.Id,
        Version = 1,
        Server = "fake",
        Mechanisms = certificate is null ? [ScramMechanism.Plain] : [ScramMechanism.Plain, ScramMechanism.Plus],
    };

    /// <summary>Silence until the test is over.</summary>
    public Task StaySilentAsync() => Task.Delay(Timeout.Infinite, stop);

    public async Task DiscardAsync()
    {
        while (await stream.ReadAsync(_buffer, stop) > 0)
            continue;
    }

    private ReadOnlySpan<byte> TakeBody()
    {
        var taken = _buffer.AsSpan(_start, (int)Math.Min(_decoder.BodyRemaining, _end - _start));
        _decoder.Advance(taken.Length);
        _start += taken.Length;
        return taken;
    }

    private async Task<FrameItem> NextAsync()
    {
        var item = _decoder.Read(_buffer.AsSpan(_start, _end - _start), out var consumed);
        _start += consumed;
        // What was consumed before a body's bytes is their length.
        if (item == FrameItem.Body && consumed > 0)
            Chunks.Add(_decoder.BodyRemaining);
        if (item != FrameItem.NeedMore && (item != FrameItem.Body || _start < _end))
            return item;
        _start = 0;
        _end = await stream.ReadAsync(_buffer, stop);
        return _end == 0 ? throw new EndOfStreamException() : FrameItem.NeedMore;
    }
}
