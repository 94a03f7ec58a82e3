using System.Net;

namespace Argosy.Native;

/// <summary>A connection's place among those that have not logged in. They have a cap of their own, so that they cannot use up everybody's.</summary>
internal sealed class Stranger(NativeFrontEnd frontEnd, EndPoint? remote)
{
    private readonly IDisposable? _place = frontEnd.AdmitStranger((remote as IPEndPoint)?.Address);

    /// <summary>False where there are too many.</summary>
    public bool IsAdmitted => _place is not null;

    /// <summary>It has logged in, or gone: the place is free. A second call changes nothing.</summary>
    public void Forget() => _place?.Dispose();
}
