namespace Argosy.Native;

/// <summary>A connection's place among those that have not logged in. They have a cap of their own, so that they cannot use up everybody's.</summary>
internal sealed class Stranger(NativeFrontEnd frontEnd)
{
    private bool _counted = true;

    /// <summary>False where there are too many.</summary>
    public bool IsAdmitted { get; } = frontEnd.AdmitStranger();

    /// <summary>It has logged in, or gone: the place is free. A second call changes nothing.</summary>
    public void Forget()
    {
        if (_counted)
            frontEnd.ForgetStranger();
        _counted = false;
    }
}
