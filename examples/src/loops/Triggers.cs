using System.IO.Pipes;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// Two bytes arrive and one is read. A level-triggered selector reports the other one again and again; an edge-triggered one is silent
/// until something new arrives, however much lies unread.
/// </summary>
internal static class Triggers
{
    public static Task Main(string[] args)
    {
        foreach (var kind in (SelectorKind[])[SelectorKind.Select, SelectorKind.Poll, SelectorKind.Epoll, SelectorKind.EpollEdgeTriggered]) Show(kind);
        return Task.CompletedTask;
    }

    private static void Show(SelectorKind kind)
    {
        using var output = new AnonymousPipeServerStream(PipeDirection.Out);
        using var input = new AnonymousPipeClientStream(PipeDirection.In, output.ClientSafePipeHandle);
        using var selector = new Selector(kind);
        selector.Register(input.SafePipeHandle, SelectorEvents.Read);

        output.Write("ab"u8);
        var first = IsReported();
        input.ReadByte();
        var (again, andAgain) = (IsReported(), IsReported());
        output.Write("c"u8);
        var anew = IsReported();
        Console.WriteLine($"{kind}: two bytes {first}, one of them read {again}, looked again {andAgain}, a third byte {anew}");
        selector.Unregister(input.SafePipeHandle);

        string IsReported() => selector.Select(TimeSpan.Zero).Count > 0 ? "reported" : "silent";
    }
}
