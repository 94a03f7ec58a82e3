namespace Argosy.Sockets.Tests;

/// <summary>Which handler serves, on which wire: all that a process needs in order to play a scene.</summary>
/// <param name="Wire">The wire; under TLS the handler gets the connection after the handshake.</param>
/// <param name="Handler">A <see cref="HandlerReference"/>, or the name of a <see cref="ConnectionHandler"/> class.</param>
/// <param name="IsClass">Whether it is a class.</param>
/// <param name="Verify">A <see cref="HandlerReference"/> to the check of new connections, or null.</param>
/// <param name="Scene">Where scenes' listeners wait for workers.</param>
/// <param name="Arguments">What the test tells its handler.</param>
internal sealed record SceneScript(
    string Wire, string Handler, bool IsClass, string? Verify, string Scene, IReadOnlyDictionary<string, string> Arguments)
{
    public byte[] Write()
    {
        var bytes = new MemoryStream();
        using var to = new BinaryWriter(bytes);
        to.Write(Wire);
        to.Write(Handler);
        to.Write(IsClass);
        to.Write(Verify ?? "");
        to.Write(Scene);
        to.Write(Arguments.Count);
        foreach (var (name, value) in Arguments)
        {
            to.Write(name);
            to.Write(value);
        }

        var certificate = Tests.Wire.IsTls(Wire) || Arguments.ContainsKey("tls") ? Tests.Wire.ExportCertificate() : [];
        to.Write(certificate.Length);
        to.Write(certificate);
        return bytes.ToArray();
    }

    public static SceneScript Read(byte[] bytes)
    {
        using var from = new BinaryReader(new MemoryStream(bytes));
        var script = new SceneScript(
            from.ReadString(), from.ReadString(), from.ReadBoolean(), from.ReadString() is { Length: > 0 } verify ? verify : null, from.ReadString(),
            Enumerable.Range(0, from.ReadInt32()).ToDictionary(_ => from.ReadString(), _ => from.ReadString()));
        var certificate = from.ReadBytes(from.ReadInt32());
        if (certificate.Length > 0) Tests.Wire.ImportCertificate(certificate);
        return script;
    }

    /// <summary>The handlers, in whatever process this is.</summary>
    public Func<ConnectionHandler> Handlers(Scene scene)
    {
        if (IsClass) return () => (ConnectionHandler)Activator.CreateInstance(HandlerReference.Class(Handler), scene)!;
        var handle = HandlerReference.Find(Handler);
        return () => new SceneConnectionHandler(Wire, handle, scene);
    }
}

/// <summary>Runs a test's handler, under TLS after the handshake.</summary>
internal sealed class SceneConnectionHandler(string wire, Delegate handle, Scene scene) : ConnectionHandler
{
    public override ValueTask HandleAsync() => Wire.IsTls(wire) ? HandleUnderTlsAsync() : CallAsync(Connection);

    private async ValueTask HandleUnderTlsAsync() =>
        await CallAsync(await Connection.AuthenticateAsServerAsync(Wire.ServerTlsOver(wire), Deadline.After(TimeSpan.FromSeconds(10))));

    private ValueTask CallAsync(IConnection connection) =>
        handle is SceneHandler talking ? talking(Context, connection, scene) : ((Func<HandlerContext, IConnection, ValueTask>)handle)(Context, connection);
}
