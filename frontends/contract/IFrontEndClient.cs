namespace Argosy.FrontEnds;

/// <summary>A front end that runs for one test.</summary>
public interface IRunningFrontEnd : IAsyncDisposable
{
    /// <summary>Connects and logs in.</summary>
    /// <exception cref="RefusedException">The login was refused.</exception>
    Task<IFrontEndClient> ConnectAsync(string name, string password);
}

/// <summary>
/// One logged-in client of a front end, in words that belong to no protocol. Paths are relative to the home or begin with
/// <c>/</c>. Every operation that the server refuses throws <see cref="RefusedException"/> and leaves the client usable.
/// </summary>
public interface IFrontEndClient : IAsyncDisposable
{
    Task PutAsync(string path, byte[] content);

    /// <summary>Begins an upload and sends a part of it; the file is complete when <see cref="IUnfinishedPut.FinishAsync"/> returns.</summary>
    Task<IUnfinishedPut> BeginPutAsync(string path, byte[] firstPart);

    Task<byte[]> GetAsync(string path, long offset = 0);

    /// <summary>The names in a folder, in any order.</summary>
    Task<IReadOnlyList<string>> ListAsync(string path);

    /// <summary>A file's size, or null where nothing is there.</summary>
    Task<long?> FindSizeAsync(string path);

    Task MakeFolderAsync(string path);

    Task RemoveFolderAsync(string path);

    Task RenameAsync(string from, string to);

    Task DeleteAsync(string path);
}

/// <summary>An upload whose end has not been sent.</summary>
public interface IUnfinishedPut
{
    /// <summary>Sends the rest and waits for the acknowledgement.</summary>
    Task FinishAsync(byte[] rest);

    /// <summary>Vanishes without a word, taking the connection along.</summary>
    Task CutAsync();
}

/// <summary>The server refused an operation in its protocol's words.</summary>
public sealed class RefusedException(string reply) : Exception(reply);
