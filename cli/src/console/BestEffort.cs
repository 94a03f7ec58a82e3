namespace Argosy.Cli.Output;

/// <summary>Passes on what can be passed on; the rest is lost, as a log on a full disk is. The next piece may get through.</summary>
internal sealed class BestEffort(Stream inner) : OutputStream
{
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (IOException)
        {
        }
    }
}
