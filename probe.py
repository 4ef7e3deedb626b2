import sys; sys.path.insert(0,'/tmp/h-judge2/acceptance-tests/aws-local/tests')
from conftest import Local
l=Local('--stepped')
try:
    s3=l.client('s3'); s3.create_bucket(Bucket='bkt')
    for k in ('a\nb','a\n',' a ','x/\n/y','a\r\nb'):
        try:
            s3.put_object(Bucket='bkt',Key=k,Body=b'1'); print(repr(k), s3.get_object(Bucket='bkt',Key=k)['Body'].read(), [o['Key'] for o in s3.list_objects_v2(Bucket='bkt')['Contents']]); s3.delete_object(Bucket='bkt',Key=k)
        except Exception as e: print(repr(k), str(e)[:200])
    s3.put_bucket_tagging(Bucket='bkt',Tagging={'TagSet':[{'Key':' k ','Value':'  v '}]}); print(s3.get_bucket_tagging(Bucket='bkt')['TagSet'])
    s3.put_object(Bucket='bkt',Key='o',Body=b'',Tagging='k=%20v%20'); print(s3.get_object_tagging(Bucket='bkt',Key='o')['TagSet'])
    s3.put_object_tagging(Bucket='bkt',Key='o',Tagging={'TagSet':[{'Key':'k','Value':'  v '}]}); print(s3.get_object_tagging(Bucket='bkt',Key='o')['TagSet'])
    s3.delete_object(Bucket='bkt',Key='o'); s3.delete_bucket(Bucket='bkt'); s3.create_bucket(Bucket='bkt')
    try: print(s3.get_bucket_tagging(Bucket='bkt')['TagSet'])
    except Exception as e: print(e)
finally: l.stop()
