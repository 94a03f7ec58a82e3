using System.Collections.Frozen;
using Argosy.Native.Commands;
using Argosy.Wire;

namespace Argosy.Native;

/// <summary>What a command cannot do without; a request that lacks it is refused before the command runs.</summary>
[Flags]
internal enum Needs
{
    Nothing = 0,
    Path = 1,
    To = 2,
    Body = 4,
    Session = 8,

    /// <summary>A few looks at the disk and a short answer; a long one is begun there.</summary>
    Disk = 16,

    /// <summary>Worth nothing without somebody who reads the answer.</summary>
    Reader = 32,

    /// <summary>May keep a disk or a core busy for long: so much at a time for one account, and not beyond the server's end.</summary>
    Turn = 64,
}

/// <summary>One command: its name on the wire, what it needs, and what it does.</summary>
internal sealed record Command(string Name, Needs Needs, Func<NativeSession, Request, ValueTask> RunAsync);

/// <summary>All commands of docs/protocol.md section 4 that this server knows.</summary>
internal static class CommandTable
{
    private static readonly FrozenDictionary<string, Command> Commands = new Command[]
    {
        new("hello", Needs.Nothing, Hello.RunAsync),
        new("auth", Needs.Nothing, Auth.RunAsync),
        new("ping", Needs.Nothing, Ping.RunAsync),
        new("bye", Needs.Nothing, Bye.RunAsync),
        new("pwd", Needs.Session, Pwd.RunAsync),
        new("cd", Needs.Session | Needs.Disk | Needs.Path, Cd.RunAsync),
        new("stat", Needs.Session | Needs.Disk | Needs.Reader | Needs.Path, Stat.RunAsync),
        new("ls", Needs.Session | Needs.Reader, Ls.RunAsync),
        new("get", Needs.Session | Needs.Disk | Needs.Reader | Needs.Path, Get.RunAsync),
        new("put", Needs.Session | Needs.Disk | Needs.Path | Needs.Body, Put.RunAsync),
        new("pack", Needs.Session | Needs.Body, Pack.RunAsync),
        new("fetch", Needs.Session | Needs.Reader | Needs.Body, Fetch.RunAsync),
        new("uploads", Needs.Session, Uploads.RunAsync),
        new("mkdir", Needs.Session | Needs.Disk | Needs.Path, MkDir.RunAsync),
        new("rm", Needs.Session | Needs.Disk | Needs.Path, Rm.RunAsync),
        new("rmdir", Needs.Session | Needs.Path, RmDir.RunAsync),
        new("mv", Needs.Session | Needs.Disk | Needs.Path | Needs.To, Mv.RunAsync),
        new("cp", Needs.Session | Needs.Reader | Needs.Turn | Needs.Path | Needs.To, Cp.RunAsync),
        new("ln", Needs.Session | Needs.Disk | Needs.Path, Ln.RunAsync),
        new("touch", Needs.Session | Needs.Disk | Needs.Path, Touch.RunAsync),
        new("hash", Needs.Session | Needs.Reader | Needs.Turn | Needs.Path, Hash.RunAsync),
        new("blocks", Needs.Session | Needs.Reader | Needs.Turn | Needs.Path, Blocks.RunAsync),
        new("quota", Needs.Session | Needs.Reader, Quota.RunAsync),
    }.ToFrozenDictionary(command => command.Name);

    /// <summary>The command that a request asks for, once the request is complete.</summary>
    /// <exception cref="WireException">It is unknown, or the request lacks something or has too much.</exception>
    public static Command Find(Request request)
    {
        if (request.Fault is { } fault)
            throw fault;
        if (!Commands.TryGetValue(request.Command, out Command? command))
            throw new WireException(WireError.Unsupported, RequestText.UnknownCommand);
        Check(command.Needs.HasFlag(Needs.Path), request.Path is null, "path");
        Check(command.Needs.HasFlag(Needs.To), request.To is null, "to");
        Check(command.Needs.HasFlag(Needs.Body), request.Body.IsNone, "body");
        if (!request.Body.IsNone && !command.Needs.HasFlag(Needs.Body))
            throw new WireException(WireError.BadRequest, RequestText.NoBody);
        return command;
    }

    /// <summary>True for commands that are worth a visit to the disk.</summary>
    public static bool IsForDisk(Request request) => Commands.TryGetValue(request.Command, out Command? command) && command.Needs.HasFlag(Needs.Disk);

    private static void Check(bool needed, bool missing, string key)
    {
        if (needed && missing)
            throw new WireException(WireError.BadRequest, RequestText.Missing(key));
    }
}
