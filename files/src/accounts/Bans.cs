using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Argosy.Ledger;
using Microsoft.Extensions.Logging;

namespace Argosy.Files;

/// <summary>
/// Addresses from where too many logins failed, shared by all processes that serve the data folder. Only names and passwords that were wrong count:
/// an account that is over a limit, disabled or expired has shown its password. Thread-safe.
/// </summary>
internal sealed class Bans(Strikes strikes, BanRule rule, ILogger log) : IDisposable
{
    private const string FileName = "bans";

    /// <summary>Opens the data folder's bans; null where the rule bans nobody.</summary>
    internal static Bans? Open(BanRule rule, string data, TimeProvider clock, ILogger log) => rule.Failures <= 0
        ? null
        : new Bans(Strikes.Open(Path.Combine(data, FileName), new StrikeRule(rule.Failures, rule.Window, rule.Time), clock), rule, log);

    /// <summary>True while everything from there is refused. A Unix socket has no address and is never banned.</summary>
    internal bool Contains(IPAddress? address) => KeyOf(address) is { } key && Try(() => strikes.IsOut(key));

    /// <summary>Counts a failed login; the ban itself is logged, once.</summary>
    internal void Count(IPAddress? address)
    {
        if (KeyOf(address) is { } key && Try(() => strikes.Add(key))) log.Banned(Text(address!), rule.Time, rule.Failures, rule.Window);
    }

    public void Dispose() => strikes.Dispose();

    /// <summary>An IPv4 address, or an IPv6 /64, which is what one customer is given (RFC 6177). Never zero.</summary>
    private static UInt128? KeyOf(IPAddress? address)
    {
        if (address is null) return null;

        Span<byte> bytes = stackalloc byte[16];
        var plain = Plain(address);
        plain.TryWriteBytes(bytes, out _);
        return plain.AddressFamily == AddressFamily.InterNetworkV6
            ? new UInt128(6, BinaryPrimitives.ReadUInt64BigEndian(bytes))
            : new UInt128(4, BinaryPrimitives.ReadUInt32BigEndian(bytes));
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static string Text(IPAddress address)
    {
        var plain = Plain(address);
        return plain.AddressFamily == AddressFamily.InterNetworkV6 ? $"{new IPAddress([.. plain.GetAddressBytes().AsSpan(0, 8), .. new byte[8]])}/64" : plain.ToString();
    }

    // Bans that cannot be read ban nobody: a login needs the ledger beside them anyway, and says so where that fails too.
    private bool Try(Func<bool> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            if (failed is not ObjectDisposedException) log.BansFailed(failed);
            return false;
        }
    }
}
