using System.Runtime.CompilerServices;
using Argosy.Files;
using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary><c>uploads</c>: the account's unfinished uploads; with <c>discard</c> removes one.</summary>
internal static class Uploads
{
    public static async ValueTask RunAsync(NativeSession session, Request request)
    {
        if (request.Discard is null)
        {
            await new Listing(session, request).SendAsync(LinesAsync(session.Files));
            return;
        }

        if (!await session.Files.DiscardUploadAsync(request.Discard))
            throw new WireException(WireError.NotFound, BodyText.NoUpload);
        session.Send(new Reply { Id = request.Id });
    }

    private static async IAsyncEnumerable<ListLine> LinesAsync(
        FileSession files, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (UnfinishedUpload upload in await files.ListUploadsAsync())
        {
            cancellation.ThrowIfCancellationRequested();
            yield return new ListLine
            {
                Upload = upload.UploadId,
                Path = upload.Path.ToWire(),
                Received = upload.Received,
                Size = upload.Length,
                MTime = Entries.ToMicroseconds(upload.Modified),
            };
        }
    }
}
