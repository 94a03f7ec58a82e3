using System.Net;
using Argosy.Client;
using Argosy.Files;
using Argosy.Server;

namespace Argosy.Cli.Hosting;

/// <summary>What a person at a terminal sees below the ready line: commands that work when they are pasted, and where the files are.</summary>
internal static class Welcome
{
    public static void Write(TextWriter terminal, FileTransferServer server, FirstAccount? first)
    {
        var (program, options) = (Invocation.Program, server.Options);
        var guest = Guest.Of(server, first);
        var url = Url(server, guest.Name);
        terminal.WriteLine();
        terminal.WriteLine($"  Serving {Terminal.Escape(options.Root)}. From another terminal:");
        terminal.WriteLine();
        if (guest.MayWrite)
        {
            terminal.WriteLine("    echo hello > hello.txt");
            terminal.WriteLine($"    {program} put hello.txt {url}");
        }

        if (guest.MayList) terminal.WriteLine($"    {program} ls {url}");
        if (guest.IsPlaceholder) terminal.WriteLine($"    (NAME is one of your {server.Accounts.List().Count} accounts)");
        terminal.WriteLine();
        if (options.Anonymous is not AnonymousAccess.None) terminal.WriteLine($"  Visitors:  {Visitors(options.Anonymous)}, without an account");
        if (guest.Home is { } home && home != options.Root) terminal.WriteLine($"  Files:     those of {Terminal.Escape(guest.Name!)} are in {Terminal.Escape(home)}");
        if (first is not null)
        {
            terminal.WriteLine($"  Account:   {Terminal.Escape(first.Name)}");
            terminal.WriteLine($"  Password:  {first.Password}   (shown this once)");
        }

        if (guest.Name is not null)
        {
            terminal.WriteLine($"  {(first is null ? "Password:  that of the account; a new one:" : "           To change it:")}");
            terminal.WriteLine($"             {program} user passwd {ShellWord.Of(guest.Name)}{Invocation.DataOption(options)}");
        }

        terminal.WriteLine($"  Key:       {server.Fingerprint}");
        terminal.WriteLine("             (it is in the URLs, by which clients know that this is the server)");
        terminal.WriteLine(IPAddress.IsLoopback(server.FrontEnds[0].Address.Address)
            ? "  Only this machine reaches it; without --listen others do too. Ctrl-C stops."
            : "  On other machines, write this one's name or address for the host. Ctrl-C stops.");
        terminal.WriteLine();
        terminal.Flush();
    }

    private static string Visitors(AnonymousAccess access) => access switch
    {
        AnonymousAccess.ReadOnly => "anybody may list and get files",
        AnonymousAccess.Drop => "anybody may leave files, and see none",
        _ => "anybody may list, get, put and replace files",
    };

    // The fingerprint in the URL answers the question that a client would ask about an unknown server.
    private static string Url(FileTransferServer server, string? user)
    {
        var address = server.FrontEnds[0].Address;
        var login = user is null ? "" : Uri.EscapeDataString(user) + "@";
        var port = address.Port == ServerOptions.DefaultPort ? "" : $":{address.Port}";
        return ShellWord.Of($"argosy://{login}{ListenAddress.HostForUrl(address.Address)}{port}/#{server.Fingerprint}");
    }

    /// <summary>Who the commands are for: the account that was just made, a visitor, or an account that works with the served folder.</summary>
    /// <param name="Name">The login name; null for a visitor.</param>
    /// <param name="Home">Where its files are; null where that is nobody's in particular.</param>
    /// <param name="MayWrite">Whether a put would work.</param>
    /// <param name="MayList">Whether an ls would.</param>
    /// <param name="IsPlaceholder">True where the name stands for one that the reader chooses.</param>
    private sealed record Guest(string? Name, string? Home, bool MayWrite, bool MayList, bool IsPlaceholder = false)
    {
        public static Guest Of(FileTransferServer server, FirstAccount? first)
        {
            var options = server.Options;
            if (first is not null) return new Guest(first.Name, options.Root, MayWrite: true, MayList: true);
            if (options.Anonymous is var access and not AnonymousAccess.None)
                return new Guest(null, options.Root, access != AnonymousAccess.ReadOnly, access != AnonymousAccess.Drop);

            IReadOnlyList<Account> accounts = [.. server.Accounts.List().Where(account => account.Enabled)];
            var meant = accounts.FirstOrDefault(account => account.Home == options.Root) ?? (accounts.Count == 1 ? accounts[0] : null);
            return meant is null
                ? new Guest("NAME", null, MayWrite: true, MayList: true, IsPlaceholder: true)
                : new Guest(
                    meant.Name, meant.Home ?? Path.Combine(options.Root, meant.Name), meant.Permissions.HasFlag(Permissions.Write), meant.Permissions.HasFlag(Permissions.List));
        }
    }
}
