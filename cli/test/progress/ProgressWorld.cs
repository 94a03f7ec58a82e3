using Argosy.Cli.Tests.Spine;

namespace Argosy.Cli.Tests.Progressing;

/// <summary>One server for all tests of a class.</summary>
public sealed class ProgressWorld : IAsyncLifetime
{
    internal Deployment Deployment { get; private set; } = null!;

    internal (string Name, string Value) Login { get; } = ("ARGOSY_PASSWORD", Deployment.Password);

    public async ValueTask InitializeAsync() => Deployment = await Deployment.StartAsync();

    public ValueTask DisposeAsync() => Deployment.DisposeAsync();

    /// <summary>A line to the server.</summary>
    internal SlowLine Line(long speed) => new(Deployment.Server.Address.Port, speed);

    /// <summary>Where something is, over a line.</summary>
    internal string Url(string path, SlowLine line) => Deployment.Url(path, port: line.Port);

    /// <summary>Puts a file there, over no line.</summary>
    internal Task<string> StoreAsync(string file, string path) => Deployment.DoAsync("put", file, Deployment.Url(path));
}
