using System.Buffers;
using System.Text;
using Argosy.Files;
using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary>
/// <c>pack</c>: many small files in one body, each a record with its name below <c>path</c>. When all of them have come and every sum is right, they are stored in
/// one visit to the disk; each appears whole, or not at all. The reply has a record for each that failed, or that got another name.
/// </summary>
internal static class Pack
{
    public static async ValueTask RunAsync(NativeSession session, Request request)
    {
        RemotePath folder = request.Path is { } path ? session.Files.Resolve(path) : session.Files.Folder;
        using PackBody body = await PackBody.ReceiveAsync(session, request, Limits.Pack);
        var answer = new ArrayBufferWriter<byte>();
        var (files, numbers) = (new List<FileToStore>(body.Records.Count), new List<int>(body.Records.Count));
        for (int i = 0; i < body.Records.Count; i++)
        {
            try
            {
                files.Add(ToStore(body.Records[i], folder));
                numbers.Add(i);
            }
            catch (FileException e)
            {
                Fail(answer, i, e);
            }
        }

        int stored = 0;
        IReadOnlyList<StoreResult> results = await session.Files.StoreManyAsync(files, request.Overwrite, request.Parents);
        for (int i = 0; i < results.Count; i++)
        {
            stored += results[i].Failure is null ? 1 : 0;
            Tell(answer, numbers[i], files[i], results[i]);
        }

        session.Send(new Reply { Id = request.Id, Files = stored, Body = Body.Exact(answer.WrittenCount), Crc32C = Crc32C.Of(answer.WrittenSpan) });
        session.Output.Write(answer.WrittenSpan);
    }

    /// <summary>Writes the record that says why there is nothing of a file.</summary>
    public static void Fail(IBufferWriter<byte> output, int number, FileException failure) => Failure(number, failure).WriteTo(output);

    /// <summary>The record that says why there is nothing of a file.</summary>
    public static PackRecord Failure(int number, FileException failure) => new(
        PackKind.Failure, Encoding.UTF8.GetBytes(ErrorTable.Of(failure.Error).Name()), Encoding.UTF8.GetBytes(failure.Message), Number: number);

    private static FileToStore ToStore(PackRecord record, RemotePath folder) => new(
        RemotePath.Resolve(folder, record.Name.Span),
        record.Content,
        record.MTime is { } modified ? Entries.FromMicroseconds(modified) : null,
        record.Mode);

    private static void Tell(IBufferWriter<byte> output, int number, in FileToStore file, in StoreResult result)
    {
        if (result.Failure is { } failure)
            Fail(output, number, failure);
        else if (!result.Path.Equals(file.Path))
            new PackRecord(PackKind.Renamed, result.Path.ToWire(), default, Number: number).WriteTo(output);
    }
}
