namespace Argosy.Files;

/// <summary>Keeps some of the disk free. The disk is asked four times a second at most, or after as much as a slab was written.</summary>
internal sealed class FreeSpace(IHome home, long minFree)
{
    private const long Slab = 16 << 20;
    private const long Fresh = 250; // Milliseconds.

    private long _asked = long.MinValue / 2;
    private long _left;

    public async ValueTask RequireAsync(long bytes)
    {
        if (minFree <= 0 && bytes == 0)
        {
            return;
        }

        if (Environment.TickCount64 - _asked > Fresh || _left < bytes)
        {
            _asked = Environment.TickCount64;
            var free = await home.FreeAsync() ?? long.MaxValue;
            if (free - minFree < bytes)
            {
                throw new FileException(FileError.NoSpace, StorageText.LittleSpace);
            }

            _left = Math.Min(free - minFree, Slab);
        }

        _left -= bytes;
    }
}
