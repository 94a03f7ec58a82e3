using System.Net;
using Argosy.Files;
using Microsoft.Extensions.Logging;

namespace Argosy.Native;

/// <summary>
/// The native protocol's front end: what all its connections share. Give a server <see cref="CreateHandler"/> as its factory.
/// </summary>
/// <param name="files">Where logins and files come from.</param>
/// <param name="options">What is allowed, and how patient the server is.</param>
public sealed class NativeFrontEnd(FileService files, NativeOptions options)
{
    /// <summary>Where logins and files come from.</summary>
    public FileService Files { get; } = files;

    /// <summary>What is allowed, and how patient the server is.</summary>
    public NativeOptions Options { get; } = options;

    private readonly RareLine _busy = new();

    /// <summary>Turns at what takes long.</summary>
    internal WorkTurns Work { get; } = new(options.MaxWork);

    /// <summary>What is said of refusals.</summary>
    internal RefusalLog Refusals { get; } = new();

    /// <summary>A handler for one connection.</summary>
    public NativeHandler CreateHandler() => new(this);

    /// <summary>Takes a place for a connection that has not logged in; null where all have theirs, or all that its address may have.</summary>
    internal IDisposable? AdmitStranger(IPAddress? address) =>
        Files.TryAdmitStranger(Options.MaxUnauthenticated, address, Options.MaxUnauthenticatedPerAddress);

    /// <summary>Somebody is told that there are too many connections: that the operator sees too.</summary>
    internal void TellBusy(ILogger log, EndPoint? remote, bool isOverloaded)
    {
        if (_busy.IsDue(out long times))
            Log.Busy(log, remote, isOverloaded ? "too many connections" : "too many connections without a login, in all or from there", times);
    }
}
