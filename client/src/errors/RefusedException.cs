using Argosy.Wire;

namespace Argosy.Client;

/// <summary>The server understood and said no. The session lives on unless the error is about the session. Exit code 1.</summary>
public sealed class RefusedException : ClientException
{
    internal RefusedException(string error, string message)
        : base(message, null) => Error = error;

    /// <summary>One of the names of protocol section 5, such as <c>not-found</c> or <c>over-quota</c>; escaped, may be one that this client does not know.</summary>
    public string Error { get; }

    /// <summary>What it was about; null where it was about no single place.</summary>
    public RemotePath? Path { get; internal init; }

    /// <summary>With <c>not-permitted</c>, what was not: part of a sentence, such as <c>write there</c>. Else null.</summary>
    public string? Deed { get; internal init; }

    /// <inheritdoc/>
    public override int ExitCode => 1;

    /// <summary>Nothing is at a place, as a server says it too.</summary>
    /// <param name="path">The place.</param>
    public static RefusedException NotFound(RemotePath path) => new("not-found", RefusalText.NotFound(path)) { Path = path };

    /// <summary>The server refuses this address, for too many logins from it have failed.</summary>
    internal static RefusedException Banned() => new(WireError.Banned.Name(), RefusalText.Banned);

    /// <summary>The same refusal in other words: whoever asked knows better what to do next.</summary>
    /// <param name="message">Safe to show.</param>
    public RefusedException InOtherWords(string message) => new(Error, message) { Path = Path };
}
