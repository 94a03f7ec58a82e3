namespace Argosy.Wire;

public sealed partial class Request
{
    private Request(ref HeaderReader reader)
    {
        var put = default(PutShorthand);
        var id = default(long?);
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case Field.Cmd: Command = Words.Command(ref reader); break;
                case Field.Id: id = reader.Number(); break;
                case Field.Body: put.Body = reader.Announced(); break;
                case Field.Path: put.Path = reader.Name(); break;
                case Field.PathB64: put.PathBase64 = reader.NameBase64(); break;
                case Field.Filename: put.ReadName(ref reader, ref put.Filename); break;
                case Field.FileName: put.ReadName(ref reader, ref put.FileName); break;
                case Field.Size: put.ReadSize(ref reader, ref put.Size); break;
                case Field.Filesize: put.ReadSize(ref reader, ref put.Filesize); break;
                case Field.FileSize: put.ReadSize(ref reader, ref put.FileSize); break;
                case Field.To: To = reader.Name(); break;
                case Field.ToB64: To = reader.NameBase64(); break;
                case Field.Version: Version = reader.Number(); break;
                case Field.Client: Client = reader.Text(); break;
                case Field.Mechanism: Mechanism = reader.Text(); break;
                case Field.Scram: Scram = reader.Text(); break;
                case Field.Link: Link = reader.Boolean() ?? false; break;
                case Field.Offset: Offset = reader.Number(); break;
                case Field.Length: Length = reader.Number(); break;
                case Field.Check: Check = Words.Check(ref reader); break;
                case Field.Mtime: MTime = reader.Number(-Limits.Number); break;
                case Field.Mode: Mode = reader.Int32(0, 0xfff); break;
                case Field.Overwrite: Overwrite = reader.Boolean() ?? true; break;
                case Field.Crc32c: Crc32C = reader.Crc32C(); break;
                case Field.Md5: Md5 = reader.Digest(16); break;
                case Field.Sha256: Sha256 = reader.Digest(32); break;
                case Field.Upload: Upload = Words.UploadId(ref reader); break;
                case Field.Discard: Discard = Words.UploadId(ref reader); break;
                case Field.Parents: Parents = reader.Boolean() ?? false; break;
                case Field.Recursive: Recursive = reader.Boolean() ?? false; break;
                case Field.Algorithm: Algorithm = reader.Text(); break;
                case Field.Block: Block = reader.Number(); break;
                case Field.More: More = reader.Boolean() ?? false; break;
                case Field.Target: Target = reader.Name(); break;
                case Field.TargetB64: Target = reader.NameBase64(); break;
                default: reader.Skip(); break;
            }
        }

        Id = id;
        reader.RefuseBoth(Field.Path, Field.PathB64);
        reader.RefuseBoth(Field.To, Field.ToB64);
        reader.RefuseBoth(Field.Target, Field.TargetB64);
        if (!reader.Has(Field.Cmd) && PutShorthand.IsMeant(in reader))
            Command = "put";
        put.Settle(ref reader, id, isPut: Command == "put", Offset);
        Body = put.Body;
        Path = put.Path;
        Size = put.Size;
        if (Command.Length == 0)
            reader.Refuse(HeaderText.Missing(Field.Cmd));
        Fault = reader.Fault;
    }

    static bool IMessage<Request>.IsAnswered => true;

    static Request IMessage<Request>.Decode(ReadOnlySpan<byte> header, bool isSealed) =>
        HeaderReader.Decode(header, isSealed, (ref reader) => new Request(ref reader));
}
