namespace Argosy.Wire;

public sealed partial class Reply
{
    private Reply(ref HeaderReader reader)
    {
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case Field.Id: Id = reader.Number(); break;
                case Field.Status: Status = Words.Status(ref reader); break;
                case Field.Error: ErrorName = reader.Text(); break;
                case Field.Message: Message = reader.Text(); break;
                case Field.Body: Body = reader.Announced(); break;
                case Field.Version: Version = reader.Number(); break;
                case Field.Server: Server = reader.Text(); break;
                case Field.Mechanisms: Mechanisms = reader.Texts(); break;
                case Field.Features: Features = reader.Texts(); break;
                case Field.Anonymous: Anonymous = reader.Text(); break;
                case Field.Scram: Scram = reader.Text(); break;
                case Field.Path: Path = reader.Name(); break;
                case Field.PathB64: Path = reader.NameBase64(); break;
                case Field.Type: Type = Words.Type(ref reader); break;
                case Field.Size: Size = reader.Number(); break;
                case Field.Mtime: MTime = reader.Number(-Limits.Number); break;
                case Field.Mode: Mode = reader.Int32(0, 0xfff); break;
                case Field.Target: Target = reader.Name(); break;
                case Field.TargetB64: Target = reader.NameBase64(); break;
                case Field.Offset: Offset = reader.Number(); break;
                case Field.Crc32c: Crc32C = reader.Crc32C(); break;
                case Field.Revision: Revision = reader.Text(); break;
                case Field.Hash: Hash = reader.Text(); break;
                case Field.Bytes: Bytes = reader.Number(); break;
                case Field.Files: Files = reader.Number(); break;
                case Field.BytesLimit: BytesLimit = reader.Number(); break;
                case Field.FilesLimit: FilesLimit = reader.Number(); break;
                default: reader.Skip(); break;
            }
        }

        reader.RefuseBoth(Field.Path, Field.PathB64);
        reader.RefuseBoth(Field.Target, Field.TargetB64);
        if (!reader.Has(Field.Status))
            reader.Refuse(HeaderText.Missing(Field.Status));
        if (Status == ReplyStatus.Error)
            Error = WireErrors.FromName(ErrorName ?? "");
    }

    static bool IMessage<Reply>.IsAnswered => false;

    static Reply IMessage<Reply>.Decode(ReadOnlySpan<byte> header, bool isSealed) =>
        HeaderReader.Decode(header, isSealed, static (ref reader) =>
        {
            var reply = new Reply(ref reader);
            return reader.Fault is null ? reply : throw HeaderReader.BadFrame(reader.Fault.Message);
        });
}
