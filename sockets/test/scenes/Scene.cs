using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

/// <summary>
/// What a test and its handler say to each other. The handler may run in another process, so nothing else passes between them: the test
/// gives arguments and signals, the handler reports.
/// </summary>
public abstract class Scene(IReadOnlyDictionary<string, string> arguments)
{
    /// <summary>An argument that the test gave.</summary>
    public string this[string name] => arguments[name];

    public IReadOnlyDictionary<string, string> Arguments => arguments;

    /// <summary>An address that the test gave.</summary>
    public EndPoint Address(string name) => Parse(arguments[name]);

    /// <summary>Tells the test; returns when it has taken note.</summary>
    public abstract void Report(string what);

    public void Report<T>(T what) => Report(what?.ToString() ?? "");

    /// <summary>Blocks until the test signals. To be offloaded where handlers must not block.</summary>
    public abstract void WaitFor(string signal);

    /// <summary>A line of the server's log.</summary>
    public abstract void Log(string line);

    public static EndPoint Parse(string address) =>
        address.StartsWith('/') ? new UnixDomainSocketEndPoint(address) : IPEndPoint.Parse(address);
}
