using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>A file in memory before it has a name.</summary>
internal sealed class MemoryStaged : IStaged
{
    private readonly MemoryTree _tree;
    private MemoryFile _file = new();
    private StageRequest _request;
    private long _opened; // Bytes that were there.
    private StageRequest? _offered; // Until it is accepted.
    private byte[] _behind = []; // What nobody trusts stays behind what is received until something is written.

    private MemoryStaged(MemoryTree tree, StageRequest request) => (_tree, _request) = (tree, request);

    public string Owner => _request.Owner;

    public string? UploadId => _request.UploadId;

    public bool IsIdle { get; private set; }

    public long Received => _offered switch
    {
        null => _file.Content.Length,
        { } other when IsOther(other) => 0,
        { Trust: true } => _file.Content.Length,
        _ => Math.Min(Trusted, _file.Content.Length), // Nobody compares the rest.
    };

    public long Trusted { get; private set; }

    public Usage Settled { get; private set; }

    public SafeFileHandle? File => null;

    public long? Replaces { get; private set; }

    /// <summary>Under the tree's lock.</summary>
    public static MemoryStaged Open(MemoryTree tree, StageRequest request)
    {
        var replaces = tree.Replaced(request.Path);
        var staged = request.UploadId is null ? null : tree.Unfinished.Find(staged =>
            staged.Owner == request.Owner && staged.UploadId == request.UploadId && staged._request.Path.Equals(request.Path));
        staged?.RequireIdle();
        if (staged is null)
        {
            staged = new(tree, request);
        }

        staged._offered = request with { Length = request.Length ?? staged._request.Length };
        (staged.Replaces, staged.IsIdle) = (replaces, false);
        return staged;
    }

    public ValueTask AcceptAsync()
    {
        lock (_tree.Lock)
        {
            if (_offered is { } offered)
            {
                var received = Received;
                _file = IsOther(offered) ? new() : _file;
                _behind = new byte[_file.Content.Length - Math.Min(received, _file.Content.Length)];
                MemoryContent.Read(_file, received, _behind);
                _file.Content.SetLength(received);
                (_request, _offered, _opened, Trusted) = (offered, null, received, Math.Min(Trusted, received));
                if (offered.UploadId is not null && !_tree.Unfinished.Contains(this))
                {
                    _tree.Unfinished.Add(this);
                }
            }

            return default;
        }
    }

    public void RequireIdle()
    {
        if (!IsIdle)
        {
            throw new FileException(FileError.InUse, UploadText.InUse(_request.Path));
        }
    }

    public UnfinishedUpload Describe() => new(_request.UploadId!, _request.Path, Received, _request.Length, _file.Modified);

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data)
    {
        _behind = [];
        _file.Content.Position = offset;
        _file.Content.Write(data.Span);
        _file.Modified = MemoryNode.Now;
        return default;
    }

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer) => new(MemoryContent.Read(_file, offset, buffer.Span));

    public void Vouch(long offset, long end) => Trusted = offset <= Trusted ? Math.Max(Trusted, Math.Min(end, Received)) : Trusted;

    public ValueTask DoubtAsync(long offset)
    {
        Trusted = Math.Min(Trusted, offset);
        return default;
    }

    public async ValueTask<long> CopyAsync(IContent source, long offset, long count)
    {
        var buffer = new byte[Math.Min(count, 256 << 10)];
        var read = await source.ReadAsync(offset, buffer);
        await WriteAsync(offset, buffer.AsMemory(0, read));
        return read;
    }

    public ValueTask<FileEntry> PublishAsync(Publication how, long length, ITally tally)
    {
        lock (_tree.Lock)
        {
            var parent = _tree.Parent(_request.Path);
            var replaced = _tree.Replaced(_request.Path);
            var name = how.OnExisting == OnExisting.Number ? FreeName(parent) : _request.Path.Name.ToArray();
            if (replaced is not null && how.OnExisting == OnExisting.Refuse)
            {
                throw new FileException(FileError.AlreadyExists, PlaceText.AlreadyExists(_request.Path));
            }

            Finish(how, length);
            var freed = replaced is { } bytes && how.OnExisting == OnExisting.Replace ? new Usage(bytes, 1) : default;
            tally.Begin(_file.Usage - Settled - freed, "n"u8);
            parent.Children[MemoryTree.Key(name)] = _file;
            _tree.Unfinished.Remove(this);
            tally.Complete();
            return new(_file.Entry(name));
        }
    }

    public ValueTask KeepAsync(long length, ITally tally)
    {
        lock (_tree.Lock)
        {
            if (_behind.Length > 0)
            {
                _file.Content.Position = length;
                _file.Content.Write(_behind);
                length += _behind.Length;
            }
            else
            {
                Trusted = Trusted >= _opened ? length : Trusted;
            }

            _file.Content.SetLength(length);
            tally.Begin(_file.Usage - Settled, "n"u8);
            Settled = _file.Usage;
            tally.Complete();
            return default;
        }
    }

    public ValueTask DiscardAsync(ITally tally)
    {
        lock (_tree.Lock)
        {
            if (Settled != default)
            {
                tally.Begin(-Settled, "n"u8);
                tally.Complete();
            }

            Settled = default;
            _tree.Unfinished.Remove(this);
            return default;
        }
    }

    public ValueTask DisposeAsync()
    {
        (IsIdle, _offered) = (true, null);
        return default;
    }

    /// <summary>Another length means another file.</summary>
    private bool IsOther(StageRequest request) => _request.Length is { } known && request.Length is { } wanted && known != wanted;

    private void Finish(Publication how, long length)
    {
        _file.Content.SetLength(length);
        _file.Modified = how.Modified ?? _file.Modified;
        _file.Mode = how.Mode & 0x1ff ?? _file.Mode;
    }

    private byte[] FreeName(MemoryFolder parent)
    {
        var number = NumberedName.FindFree(number => parent.Children.ContainsKey(MemoryTree.Key(NumberedName.Of(_request.Path.Name.Span, number))))
            ?? throw NumberedName.AllTaken(_request.Path);
        return NumberedName.Of(_request.Path.Name.Span, number);
    }
}
