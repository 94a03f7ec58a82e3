using FsCheck;
using FsCheck.Fluent;

namespace Argosy.Wire.Tests;

public sealed class SegmentationTests
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(400).WithQuietOnSuccess(true).WithReplay(20_260_101, 7);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_frames_in_any_pieces_decode_the_same(bool seal)
    {
        var streams = Gen.Choose(0, int.MaxValue - 1).Select(seed => (Stream: Streams.Any(new Random(seed), seal), Seed: seed)).ToArbitrary();
        Check.One(Runs, Prop.ForAll(streams, sample =>
        {
            var whole = Transcript.Of(Decoder(), sample.Stream);
            Assert.DoesNotContain("!", whole, StringComparison.Ordinal);
            Assert.Equal(whole, Transcript.Of(Decoder(), sample.Stream, () => 1));
            var random = new Random(sample.Seed);
            for (var round = 0; round < 5; round++)
            {
                var longest = 1 << random.Next(1, 10);
                Assert.Equal(whole, Transcript.Of(Decoder(), sample.Stream, () => random.Next(1, longest)));
            }
        }));

        static FrameDecoder<Request> Decoder() => new(SealMode.Undecided, Limits.Header);
    }
}
