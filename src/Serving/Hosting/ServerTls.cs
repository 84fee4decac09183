using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>Certificates of a server.</summary>
internal sealed class ServerTls
{
    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection _authorities = [];
    private readonly bool _isClientVerified;

    /// <summary>Reads keys and certificates, which the message has as text.</summary>
    public ServerTls(SSLConfig config)
    {
        using var pem = X509Certificate2.CreateFromPem(config.ServerCert, config.ServerKey);
        // Some systems use only keys that came in this format.
        _certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        if (config.CustomCa.Length > 0)
            _authorities.ImportFromPem(config.CustomCa);
        _isClientVerified = config.ClientVerify;
    }

    /// <summary>Makes a port use them.</summary>
    public void Use(ListenOptions listen) => listen.UseHttps(_certificate, https =>
    {
        if (!_isClientVerified)
            return;
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.ClientCertificateValidation = (certificate, _, _) => IsOfAuthority(certificate);
    });

    private bool IsOfAuthority(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (_authorities.Count > 0)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        }

        return chain.Build(certificate);
    }
}
