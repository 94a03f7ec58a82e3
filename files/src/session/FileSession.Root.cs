namespace Argosy.Files;

/// <content>What is special where other accounts' homes are, and where strangers leave files.</content>
public sealed partial class FileSession
{
    /// <summary>
    /// In a drop box every name gives way to what is there, not files alone: else the refusal would tell of a folder, or of an account's home. What is no
    /// file is not numbered by the storage, so it is done here.
    /// </summary>
    private async ValueTask<UploadRequest> GiveWayAsync(UploadRequest request)
    {
        if (!_grant.NumberExisting)
        {
            return request;
        }

        for (var number = 1; number <= NumberedName.Most; number++)
        {
            var path = RemotePath.Resolve(request.Path.Parent, NumberedName.Of(request.Path.Name.Span, number));
            var there = _access.IsClosed(path) ? EntryKind.Folder : (await _home.FindAsync(path, followLink: false))?.Kind;
            if (there is null || (number == 1 && there == EntryKind.File))
            {
                return request with { Path = path };
            }
        }

        throw new FileException(FileError.AlreadyExists, PlaceText.TooManyOfThatName(request.Path));
    }

    /// <summary>A link that is moved into ROOT is one that is made there.</summary>
    private async ValueTask RequireNoLinkInRootAsync(RemotePath from, RemotePath to)
    {
        if (_grant.HoldsHomes && to.Parent.IsRoot && await _home.FindAsync(from, followLink: false) is { Kind: EntryKind.Link })
        {
            _access.RequireLink(to);
        }
    }
}
