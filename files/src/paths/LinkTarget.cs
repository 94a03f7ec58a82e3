namespace Argosy.Files;

/// <summary>What a link that a client makes may say.</summary>
internal static class LinkTarget
{
    private const int Longest = 4095; // PATH_MAX less the final NUL.

    /// <summary>
    /// True for a relative target that stays in the home whatever other links stand on its way: <c>..</c> only at the beginning, since behind a
    /// link's name it means that link's own surroundings, and not more often than there are folders around the link.
    /// </summary>
    public static bool StaysInside(RemotePath link, ReadOnlySpan<byte> target)
    {
        if (target.Length is 0 or > Longest || target[0] == (byte)'/' || target.Contains((byte)0))
        {
            return false;
        }

        var (ups, isNamed) = (0, false);
        foreach (var range in target.Split((byte)'/'))
        {
            var part = target[range];
            if (part is [] or [(byte)'.'])
            {
                continue;
            }

            var isUp = part is [(byte)'.', (byte)'.'];
            if (isUp && (isNamed || ++ups > link.Bytes.Span.Count((byte)'/')))
            {
                return false;
            }

            isNamed |= !isUp;
        }

        return true;
    }
}
