using System.Text;

namespace Argosy.Wire.Tests;

/// <summary>Runs a decoder over a stream in given pieces and writes down all that it said, so that two runs can be
/// compared.</summary>
internal static class Transcript
{
    internal static string Of<T>(FrameDecoder<T> decoder, byte[] stream, Func<int>? nextPiece = null)
        where T : class, IMessage<T>
    {
        var log = new StringBuilder();
        try
        {
            Run(decoder, stream, nextPiece ?? (() => stream.Length), log);
        }
        catch (WireException broken)
        {
            log.Append($"!{broken.Error.Name()}");
        }

        return log.ToString();
    }

    private static void Run<T>(FrameDecoder<T> decoder, byte[] stream, Func<int> nextPiece, StringBuilder log)
        where T : class, IMessage<T>
    {
        int at = 0, end = 0;
        while (end < stream.Length)
        {
            end = Math.Min(stream.Length, end + Math.Max(1, nextPiece()));
            while (true)
            {
                var item = decoder.Read(stream.AsSpan(at, end - at), out var consumed);
                at += consumed;
                if (item == FrameItem.NeedMore)
                {
                    Assert.Equal(end, at);
                    break;
                }

                if (item == FrameItem.Body)
                {
                    Assert.Equal(0, decoder.Read(stream.AsSpan(at, end - at), out var again) == FrameItem.Body ? again : -1);
                    var take = (int)Math.Min(decoder.BodyRemaining, end - at);
                    log.Append(Convert.ToHexStringLower(stream.AsSpan(at, take)));
                    decoder.Advance(take);
                    at += take;
                    if (decoder.BodyRemaining > 0)
                        break;
                    continue;
                }

                log.Append($"[{item}{Detail(decoder, item)}]");
            }
        }
    }

    private static string Detail<T>(FrameDecoder<T> decoder, FrameItem item)
        where T : class, IMessage<T> => item switch
        {
            FrameItem.Header => " " + Encoding.UTF8.GetString(Bytes.Encoded(decoder.Message!)[4..]),
            FrameItem.Trailer => " " + Encoding.UTF8.GetString(Bytes.Encoded(decoder.Trailer!)[4..]),
            _ => "",
        };
}
