using Argosy.Files;

namespace Argosy.Native;

/// <summary>
/// The native protocol's front end: what all its connections share. Give a server <see cref="CreateHandler"/> as its factory.
/// </summary>
/// <param name="files">Where logins and files come from.</param>
/// <param name="options">What is allowed, and how patient the server is.</param>
public sealed class NativeFrontEnd(FileService files, NativeOptions options)
{
    private int _strangers;

    /// <summary>Where logins and files come from.</summary>
    public FileService Files { get; } = files;

    /// <summary>What is allowed, and how patient the server is.</summary>
    public NativeOptions Options { get; } = options;

    /// <summary>A handler for one connection.</summary>
    public NativeHandler CreateHandler() => new(this);

    /// <summary>Counts a connection that has not logged in; false above <see cref="NativeOptions.MaxUnauthenticated"/>. It counts until <see cref="ForgetStranger"/>.</summary>
    internal bool AdmitStranger() => Interlocked.Increment(ref _strangers) <= Options.MaxUnauthenticated;

    /// <summary>The connection has logged in or gone.</summary>
    internal void ForgetStranger() => Interlocked.Decrement(ref _strangers);
}
