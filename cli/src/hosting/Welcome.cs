using Argosy.Client;
using Argosy.Files;
using Argosy.Server;

namespace Argosy.Cli.Hosting;

/// <summary>What a person at a terminal sees below the ready line: commands that work when they are pasted.</summary>
internal static class Welcome
{
    public static void Write(TextWriter terminal, FileTransferServer server, FirstAccount? first)
    {
        var program = Invocation.Program;
        var url = Url(server, first);
        terminal.WriteLine();
        terminal.WriteLine($"  Serving {Terminal.Escape(server.Options.Root)}. From another terminal:");
        terminal.WriteLine();
        terminal.WriteLine("    echo hello > hello.txt");
        terminal.WriteLine($"    {program} put hello.txt {url}");
        if (server.Options.Anonymous != AnonymousAccess.Drop) terminal.WriteLine($"    {program} ls {url}");
        terminal.WriteLine();
        if (first is not null)
        {
            terminal.WriteLine($"  Account:   {Terminal.Escape(first.Name)}");
            terminal.WriteLine($"  Password:  {first.Password}   (shown this once; \"{program} user passwd {ShellWord.Of(first.Name)}{Invocation.DataOption(server.Options)}\" changes it)");
        }

        terminal.WriteLine($"  Key:       {server.Fingerprint}   (the URLs hold it: clients know this server)");
        terminal.WriteLine("  Elsewhere, write this machine's name or address for the host. Ctrl-C stops.");
        terminal.WriteLine();
        terminal.Flush();
    }

    // The fingerprint in the URL answers the question that a client would ask about an unknown server.
    private static string Url(FileTransferServer server, FirstAccount? first)
    {
        var address = server.FrontEnds[0].Address;
        var user = first?.Name ?? (server.Options.Anonymous == AnonymousAccess.None ? server.Accounts.List()[0].Name : null);
        var login = user is null ? "" : Uri.EscapeDataString(user) + "@";
        var port = address.Port == ServerOptions.DefaultPort ? "" : $":{address.Port}";
        return ShellWord.Of($"argosy://{login}{ListenAddress.HostForUrl(address.Address)}{port}/#{server.Fingerprint}");
    }
}
