using Argosy.Files;
using Argosy.Wire;
using Microsoft.Extensions.Logging;

namespace Argosy.Native;

/// <summary>
/// What is said of refusals. What the operator has to hear of (a failing disk, a full one, folders that the server may not use) is a warning, whatever is
/// logged else, and rare. What <see cref="FileService"/> has told already is not told twice, and looking for something that is not there is no refusal.
/// </summary>
internal sealed class RefusalLog(RareLine[] rare)
{
    private const int NotPermitted = 1, NoAccess = 13, ReadOnlyDisk = 30; // errno(3) of Linux

    public RefusalLog()
        : this([.. Enum.GetValues<FileError>().Select(static _ => new RareLine())])
    {
    }

    public void Write(ILogger log, Request request, string account, WireError error, Exception cause)
    {
        if (IsTold(request, error, cause as FileException))
            return;
        if (cause is FileException failed && IsForOperator(failed))
            Warn(log, request, account, error, failed);
        else
            Log.Refused(log, Printable.Of(request.Command), Printable.Of(request.Path), account, error.Name(), cause.Message);
    }

    private void Warn(ILogger log, Request request, string account, WireError error, FileException failed)
    {
        if (!rare[(int)failed.Error].IsDue(out long times))
            return;
        string reason = failed.InnerException is FileException inner ? $"{failed.Message} ({inner.Message})" : failed.Message;
        Log.Failed(log, Printable.Of(request.Command), Printable.Of(request.Path), account, error.Name(), reason, times);
    }

    private static bool IsForOperator(FileException failed) => failed.Error switch
    {
        FileError.Storage or FileError.NoSpace => true,
        FileError.NotPermitted => failed.SystemError is NotPermitted or NoAccess or ReadOnlyDisk,
        _ => false,
    };

    private static bool IsTold(Request request, WireError error, FileException? failed) => error switch
    {
        WireError.LoginFailed or WireError.TooManySessions => true,
        WireError.NotFound => request.Command == "stat",
        WireError.NotPermitted => failed is { SystemError: null },
        _ => false,
    };
}
