namespace Argosy.Wire;

/// <summary>Why a login by SCRAM fails (RFC 5802), for the side that is told.</summary>
internal static class LoginText
{
    public const string Failed = "Unknown name or wrong password.";
    public const string ActsAsAnother = "No account may act as another one.";
    public const string PlusNeedsTls = "SCRAM-SHA-256-PLUS needs TLS.";
    public const string UnknownMechanism = "The key mechanism has to be one that hello names.";
    public const string OtherBinding = "The only channel binding here is tls-server-end-point.";
    public const string Downgraded = "The client was told that this server has no SCRAM-SHA-256-PLUS. It has: somebody stands between them.";
    public const string Extension = "This SCRAM message demands an extension (m=); there are none here.";
    public const string OtherLogin = "The server answers another login: its nonce does not begin with ours.";
    public const string UnknownServer = "The server does not know this account's keys. It may not be the server that it claims to be.";
    public const string NoBinding =
        "Channel binding is not defined for this certificate's signature. Use one signed with RSA or ECDSA and SHA-256, SHA-384 or SHA-512.";

    public const string NoNormalization =
        "Unicode normalization is off. Run without InvariantGlobalization (DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=0) and with ICU installed.";

    public static readonly string Iterations = $"The server asks for a number of iterations outside {Limits.MinIterations} to {Limits.MaxIterations}.";

    /// <param name="what">One of <see cref="Form"/>.</param>
    public static string Malformed(string what) => $"Not a SCRAM message: {what}.";

    /// <summary>How a message breaks the grammar of RFC 5802 section 7.</summary>
    public static class Form
    {
        public const string EndsEarly = "it ends before the name";
        public const string EqualsSign = "a name has an equals sign that is not =2C or =3D";
        public const string LoneSurrogate = "a name has a lone surrogate";
        public const string NotBase64 = "a value is not base64";
        public const string Rest = "something follows its last attribute";
        public const string Nonce = "a nonce is not printable ASCII";
        public const string Missing = "an attribute is missing";
        public const string NoAttribute = "an attribute is not a letter, an equals sign and a value";
        public const string Misplaced = "an attribute stands out of its place";
        public const string Iterations = "the iterations are not a number";
        public const string Flag = "its first part is not n, y or p=tls-server-end-point";
        public const string Contradiction = "its channel binding flag and its mechanism contradict each other";

        public static string Expected(char attribute) => $"the attribute {attribute} was expected";
    }
}
