using Argosy.Files;

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

    /// <summary>Connections without a login.</summary>
    internal Strangers Strangers { get; } = new(files, options);

    /// <summary>Turns at what takes long.</summary>
    internal WorkTurns Work { get; } = new(options.MaxWork);

    /// <summary>What is said of refusals.</summary>
    internal RefusalLog Refusals { get; } = new();

    /// <summary>A handler for one connection.</summary>
    public NativeHandler CreateHandler() => new(this);
}
