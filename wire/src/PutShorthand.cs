namespace Argosy.Wire;

/// <summary>
/// The other ways to say a <c>put</c> (docs/protocol.md section 6). They are gathered first and judged last, because <c>cmd</c>
/// may stand behind them and for other commands they mean nothing.
/// </summary>
internal ref struct PutShorthand
{
    internal Body Body;
    internal byte[]? Path, PathBase64, Filename, FileName;
    internal long? Size, Filesize, FileSize;
    private WireException? _nameFault, _sizeFault;

    internal void ReadName(ref HeaderReader reader, ref byte[]? name)
    {
        var before = reader.Fault;
        reader.Fault = null;
        name = reader.Name();
        _nameFault ??= reader.Fault;
        reader.Fault = before;
    }

    internal void ReadSize(ref HeaderReader reader, ref long? size)
    {
        var before = reader.Fault;
        reader.Fault = null;
        size = reader.Number();
        _sizeFault ??= reader.Fault;
        reader.Fault = before;
    }

    /// <summary>True where a header without <c>cmd</c> is a put. What counts is that the keys are there: wrong values are a put's errors.</summary>
    internal static bool IsMeant(in HeaderReader reader) =>
        (reader.Has(Field.Path) || reader.Has(Field.PathB64) || reader.Has(Field.Filename) || reader.Has(Field.FileName))
        && (reader.Has(Field.Body) || reader.Has(Field.Size) || reader.Has(Field.Filesize) || reader.Has(Field.FileSize));

    /// <summary>Leaves the result in <see cref="Body"/>, <see cref="Path"/> and <see cref="Size"/>.</summary>
    /// <exception cref="WireException"><see cref="WireError.BadFrame"/>: the number of bytes that follow is uncertain.</exception>
    internal void Settle(ref HeaderReader reader, long? id, bool isPut, long? offset)
    {
        Path ??= PathBase64;
        if (!isPut)
            return;

        MergeNames();
        MergeSizes();
        if (Body.IsNone && _sizeFault is { } doubt)
            throw new WireException(WireError.BadFrame, doubt.Message, id);
        reader.Fault ??= _nameFault ?? _sizeFault;
        if (!Body.IsNone)
            return;
        if (Size is { } length)
            Body = Body.Exact(length);
        else
            reader.Refuse(HeaderText.Missing(Field.Body));
        if (offset > 0)
            reader.Refuse(HeaderText.BodyWithOffset);
    }

    private void MergeNames()
    {
        var first = Path ?? Filename ?? FileName;
        if (Differs(Filename) || Differs(FileName))
            _nameFault ??= new WireException(WireError.BadRequest, HeaderText.NamesDiffer);
        Path = first;

        bool Differs(byte[]? other) => other is not null && !other.AsSpan().SequenceEqual(first);
    }

    private void MergeSizes()
    {
        var first = Size ?? Filesize ?? FileSize;
        if ((Filesize ?? first) != first || (FileSize ?? first) != first)
            _sizeFault ??= new WireException(WireError.BadRequest, HeaderText.SizesDiffer);
        Size = first;
    }
}
