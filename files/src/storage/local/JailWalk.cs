namespace Argosy.Files;

/// <summary>
/// What openat2(2) with RESOLVE_BENEATH does, for kernels without it: every component is opened by itself with O_NOFOLLOW, links are
/// read and followed here, and <c>..</c> (only links hold it) goes back to the descriptor we came from, never to the disk's idea of a parent.
/// </summary>
internal sealed class JailWalk : IDisposable
{
    private const int MostLinks = 40; // As in path_resolution(7).

    private readonly int _home;
    private readonly int _mostLinks;
    private readonly Stack<int> _trail = new();
    private readonly Stack<ReadOnlyMemory<byte>> _left = new();
    private int _links;

    private JailWalk(int home, int mostLinks) => (_home, _mostLinks) = (home, mostLinks);

    private int Here => _trail.TryPeek(out var here) ? here : _home;

    /// <summary>An O_PATH descriptor, or a negated errno; EXDEV for what leads out.</summary>
    public static int Open(int home, RemotePath path, int flags, bool followLinks)
    {
        using var walk = new JailWalk(home, followLinks ? MostLinks : 0);
        walk.Push(path.Bytes);
        while (walk._left.TryPop(out var component))
        {
            if (walk.Step(component, follow: walk._left.Count > 0 || (flags & Kernel.NoFollow) == 0) is < 0 and var failed)
            {
                return failed;
            }
        }

        // Opens the arrived-at folder, or takes the last descriptor off the trail.
        return (flags & Kernel.Directory) != 0 || walk._trail.Count == 0
            ? Kernel.OpenAt(walk.Here, ".\0"u8, Kernel.PathOnly | Kernel.Directory)
            : walk._trail.Pop();
    }

    public void Dispose()
    {
        foreach (var descriptor in _trail)
        {
            Kernel.Close(descriptor);
        }
    }

    private int Step(ReadOnlyMemory<byte> component, bool follow)
    {
        if (component.Span.SequenceEqual(".."u8))
        {
            return Back();
        }

        if (StagingFolder.IsReserved(component.Span))
        {
            return -Errno.NotFound; // Only a link can say that name: paths with it were refused before.
        }

        var next = Kernel.OpenAt(Here, [.. component.Span, 0], Kernel.PathOnly | Kernel.NoFollow);
        if (next < 0)
        {
            return next;
        }

        _trail.Push(next);
        var result = Kernel.Stat(next, out var status);
        return result < 0 || !status.IsLink || !follow ? result : FollowLink();
    }

    private int Back()
    {
        if (!_trail.TryPop(out var leaving))
        {
            return -Errno.CrossDevice;
        }

        return Kernel.Close(leaving);
    }

    /// <summary>Replaces the link on top of the trail by the components of its target.</summary>
    private int FollowLink()
    {
        var target = new byte[RemotePath.LongestPath];
        var link = _trail.Pop();
        var length = Kernel.ReadLink(link, "\0"u8, target);
        Kernel.Close(link);
        if (length <= 0 || ++_links > _mostLinks)
        {
            return length < 0 ? length : -Errno.Loop;
        }

        return target[0] == '/' ? -Errno.CrossDevice : Push(target.AsMemory(0, length));
    }

    private int Push(ReadOnlyMemory<byte> path)
    {
        while (!path.IsEmpty)
        {
            var slash = path.Span.LastIndexOf((byte)'/');
            var component = path[(slash + 1)..];
            path = path[..Math.Max(0, slash)];
            if (!component.IsEmpty && !component.Span.SequenceEqual("."u8))
            {
                _left.Push(component);
            }
        }

        return 0;
    }
}
