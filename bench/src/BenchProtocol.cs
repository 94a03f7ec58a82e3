namespace Argosy.Bench;

/// <summary>
/// What the load and every measured server agree on. A message is 64 equal bytes; its first byte says what is wanted. A server
/// prints <c>ready IPV4:PORT</c> when it listens, and ends when its standard input does.
/// </summary>
internal static class BenchProtocol
{
    /// <summary>Bytes of a message.</summary>
    public const int MessageBytes = 64;

    /// <summary>Bytes of the file that a server sends.</summary>
    public const int FileBytes = 4 * 1024 * 1024;

    /// <summary>What <see cref="Burn"/> costs the server.</summary>
    public static readonly TimeSpan BurnTime = TimeSpan.FromMilliseconds(10);

    /// <summary>Answer with the same bytes.</summary>
    public const byte Echo = (byte)'e';

    /// <summary>Use the processor for <see cref="BurnTime"/>, where the handler runs, then answer with the same bytes.</summary>
    public const byte Burn = (byte)'b';

    /// <summary>Answer with the file.</summary>
    public const byte File = (byte)'f';

    /// <summary>What precedes the address in the line of a server that listens.</summary>
    public const string Ready = "ready ";
}
